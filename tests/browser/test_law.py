"""The law changes in mid-year: drafted, rehearsed, published by a second person, and used from its day on."""

import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WORK_SECONDS, environment
from tests.browser.test_week import sign_in, typed
from tools import PYTHON, ROOT

CLAUSE = "/law/school-guards/1/"
OLD_LIMIT, NEW_LIMIT = "50 %", "10 %"
WORDS = {
    "text_kk": "Мектептегі тұрақсыздық жылына 10 %-дан аспайды.",
    "text_ru": "Текучесть в школе не превышает 10 % в год.",
    "text_en": "Turnover at a school does not exceed 10 % a year.",
}
ON_A_DAY = """
import sys
from datetime import datetime
import django, time_machine
from django.core.management import call_command
with time_machine.travel(datetime.fromisoformat(sys.argv[1]), tick=False):
    django.setup()
    call_command("evaluate")
"""


def evaluate_on(moment: datetime, database: Path) -> None:
    """What the schedule does at night, in a process whose clock says that moment."""
    environ = {**environment(database), "DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run([PYTHON, "-c", ON_A_DAY, moment.isoformat()], cwd=ROOT, env=environ, check=True)


def of_schools(page: Page) -> list[str]:
    """The addresses of the open findings about the turnover of schools, by clause 1."""
    page.goto("/regulator/findings/?rule=turnover_limit&state=open")
    rows = page.locator("tbody tr").filter(has=page.locator(f"a[href='{CLAUSE}']"))
    return [link.get_attribute("href") or "" for link in rows.locator("a[href*='/findings/']").all()]


def told(page: Page, address: str) -> str:
    """What the page of a finding says of the clause that it was judged by."""
    page.goto(address)
    clause = page.locator("section").filter(has=page.locator(f"a[href='{CLAUSE}']")).first
    return " ".join(clause.inner_text().split())


def draft_a_lower_limit(drafter: Page) -> str:
    """From the clause to a draft of it for tomorrow; returns the address of the draft."""
    drafter.goto("/regulator/paragraph/")
    drafter.locator("#school-guards a.name").first.click()
    drafter.get_by_role("link", name="Подготовить изменение").click()
    drafter.locator("[name=effective_from]").fill(typed(timezone.localdate() + timedelta(days=1)))
    drafter.locator("[name=why]").fill("Чтобы охранники не менялись так часто")
    drafter.locator("form.narrow button.primary").click()
    drafter.locator("[name=threshold_percent]").fill("10")
    drafter.locator("[name=min_left]").fill("1")
    for name, text in WORDS.items():
        drafter.locator(f"[name={name}]").fill(text)
    drafter.locator("main form button.primary").click()
    expect(drafter.locator("ins").first).to_contain_text(NEW_LIMIT)
    expect(drafter.locator("del").first).to_contain_text(OLD_LIMIT)
    return drafter.url.partition("#")[0]


@pytest.mark.parametrize("address", ["/regulator/paragraph/begin/", "/regulator/months/"])
def test_a_phone_shows_the_whole_width(browser: Browser, site: str, address: str) -> None:
    page = sign_in(browser, site, "regulator")
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(address)
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    # A note under a number does not push the columns after it out of sight.
    assert page.evaluate("[...document.querySelectorAll('td.noted')].every(one => one.offsetWidth < 190)")


def test_a_laptop_shows_every_column_of_the_agencies(browser: Browser, site: str) -> None:
    page = sign_in(browser, site, "regulator")
    page.goto("/regulator/agencies/")
    hidden = page.evaluate(
        "[...document.querySelectorAll('main .scroll')].map(one => one.scrollWidth - one.clientWidth)"
    )
    assert hidden == [0]


@pytest.mark.usefixtures("worker")
def test_a_lower_limit_is_drafted_rehearsed_published_and_used(
    browser: Browser, fresh_site: str, tmp_path: Path
) -> None:
    drafter = sign_in(browser, fresh_site, "regulator")
    before = of_schools(drafter)
    draft = draft_a_lower_limit(drafter)
    expect(drafter.locator("main a[href$='/do/hand-over/']")).to_have_count(0)

    drafter.goto(f"{draft}rehearsal/")
    drafter.locator("main form[method=post] button.primary").click()
    hand_over = drafter.locator("main a[href$='/do/hand-over/']")
    expect(hand_over).to_be_visible(timeout=1000 * WORK_SECONDS)
    hand_over.click()
    drafter.locator("form.step button.primary").click()
    expect(drafter.locator("main a[href$='/do/publish/']")).to_have_count(0)

    second = sign_in(browser, fresh_site, "regulator2")
    second.goto("/regulator/paragraph/")
    second.locator("#drafts a.name").first.click()
    expect(second.locator("main")).to_contain_text("Чтобы охранники не менялись так часто")
    second.locator("main a[href$='/do/publish/']").click()
    second.locator("form.step button.primary").click()
    expect(second.locator(".toast")).to_contain_text("Опубликовано")
    # Today nothing changed.
    assert of_schools(second) == before

    evaluate_on(timezone.now() + timedelta(days=1), tmp_path / "qorgan.sqlite3")

    opened = [address for address in of_schools(second) if address not in before]
    assert opened and not set(of_schools(second)) & set(before)
    assert NEW_LIMIT in told(second, opened[0]) and OLD_LIMIT not in told(second, opened[0])
    # What was found before shows what it was found by.
    assert before and OLD_LIMIT in told(second, before[0]) and NEW_LIMIT not in told(second, before[0])
    second.locator(f"main a[href='{CLAUSE}']").first.click()
    expect(second.locator("main")).to_contain_text("Версия 2")
    expect(second.locator("main ins").first).to_contain_text(NEW_LIMIT)
