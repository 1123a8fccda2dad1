"""A school changes hands: the next agency finds those who stay in their places, fills the rest, is back on Today."""

from playwright.sync_api import Browser, expect

from tests.browser.test_week import sign_in

SCHOOL = "Школа-лицей № 61"
STAY, NEW = ("Сатпаев", "Литвинов"), "Тоқсанова"


def test_those_who_stay_keep_their_places_and_all_are_proposed_at_once(browser: Browser, fresh_site: str) -> None:
    manager = sign_in(browser, fresh_site, "manager2")
    # Today knows already that the doors will be empty when the contract begins.
    manager.locator("#empty tbody tr").filter(has_text="61").first.locator("a.name").click()
    expect(manager.locator("h1")).to_contain_text("61")
    manager.locator("main a[href*='/take-over/']").click()
    places = manager.locator("#places select")
    expect(places).to_have_count(3)
    for at, name in enumerate(STAY):
        expect(places.nth(at).locator("option:checked")).to_contain_text(name)
    value = places.nth(2).locator("option").filter(has_text=NEW).get_attribute("value")
    places.nth(2).select_option(value)
    manager.locator("#places button.primary").click()
    expect(manager.locator(".toast")).to_contain_text("3")
    expect(manager.locator("h1")).not_to_contain_text("61")
    for name in (*STAY, NEW):
        expect(manager.locator("#proposals")).to_contain_text(name)
    manager.context.close()
