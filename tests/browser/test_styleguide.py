"""The page of all components: no fault that axe can find, and no page that scrolls sideways."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

PATHS = ["/styleguide/", "/", "/accounts/login/", "/accounts/password/reset/", "/no/such/page/"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_pages_for_everybody_are_accessible(browser: Browser, site: str, theme: str, width: int, language: str) -> None:
    # Axe is put into the page as a script of its own, which the content security policy refuses.
    context = browser.new_context(
        base_url=site,
        viewport={"width": width, "height": 900},
        color_scheme=theme,  # type: ignore[arg-type]
        bypass_csp=True,
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": site}])
    page = context.new_page()
    faults = {}
    for path in PATHS:
        page.goto(path)
        found = [fault["id"] for fault in Axe().run(page).response["violations"]]
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        if found or wide:
            faults[path] = (*found, "scrolls sideways") if wide else tuple(found)
    context.close()
    assert faults == {}


def test_no_page_asks_for_what_the_policy_refuses(browser: Browser, site: str) -> None:
    page = browser.new_page(base_url=site)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in PATHS[:4]:
        page.goto(path)
    assert said == []


def test_a_printed_ribbon_shows_the_names_of_its_rows(browser: Browser, site: str) -> None:
    # As wide as an A4 page between its margins.
    page = browser.new_page(base_url=site, viewport={"width": 657, "height": 900})
    page.emulate_media(media="print")
    page.goto("/styleguide/")
    ribbon = page.locator(".picture-scroll:has(> .ribbon-time)").first
    left, right = ribbon.evaluate(
        """box => [box.querySelector(".ribbon-posts").getBoundingClientRect().left,
                   box.querySelector(".ribbon-time").getBoundingClientRect().right]"""
    )
    assert left >= 0
    assert right <= 657
