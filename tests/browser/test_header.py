"""The header in a real browser, with script and without: for whom, in which theme and language, and out again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.demo import PASSWORD

BOTH = "both@demo.qorgan.kz"
SIZES = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def script(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visitor(browser: Browser, site: str, script: bool, size: str) -> Iterator[Page]:
    """A person of two organisations, signed in through the home page."""
    context = browser.new_context(base_url=site, locale="ru", viewport=SIZES[size], java_script_enabled=script)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/")
    page.click("main a.button.primary")
    page.fill("[name=login]", BOTH)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.primary")
    yield page
    context.close()


def test_organisation_theme_language_and_the_way_out(visitor: Page, size: str) -> None:
    page = visitor
    account = ".account" if size == "desk" else ".organisation"
    now = page.inner_text(".organisation summary")
    page.click(".organisation summary")
    page.click(".organisation .menu-item:not([aria-current])")
    expect(page.locator(".organisation summary")).not_to_have_text(now)

    page.click(f"{account} summary")
    page.click(f"{account} button[value=dark]")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    if size == "phone":
        page.click("details.phone summary")
    words = ".languages" if size == "desk" else "details.phone"
    page.click(f"{words} button[value=en]")
    expect(page.locator("html")).to_have_attribute("lang", "en")

    page.click(f"{account} summary")
    page.click(f"{account} button.menu-item:text('Sign out')")
    expect(page.locator("main a.button.primary")).to_have_text("Sign in")


def test_a_menu_closes_on_escape_and_gives_focus_back(browser: Browser, site: str) -> None:
    page = browser.new_page(base_url=site)
    page.goto("/accounts/login/")
    page.fill("[name=login]", BOTH)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.primary")
    page.click(".account summary")
    page.keyboard.press("Escape")
    expect(page.locator("details.account")).not_to_have_attribute("open", "")
    expect(page.locator(".account summary")).to_be_focused()
