"""A list in a real browser: the list alone is swapped, the address follows, an ended session leads to sign-in."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.demo import PASSWORD


@pytest.fixture
def manager(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("[name=login]", "manager@demo.qorgan.kz")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.primary")
    page.goto("/agency/guards/")
    page.evaluate("window.thisVeryPage = true")
    yield page
    context.close()


def test_sorting_and_filtering_swap_the_list_and_move_the_address(manager: Page) -> None:
    manager.click("#sort-days")
    expect(manager.locator("th[aria-sort]")).to_have_count(1)
    expect(manager).to_have_url(re.compile("sort=days"))
    expect(manager.locator("#sort-days")).to_be_focused()
    manager.fill(".filters [name=q]", "а")
    manager.click("#filters-show")
    expect(manager).to_have_url(re.compile("q=%D0%B0.*sort=days"))
    assert manager.evaluate("window.thisVeryPage")
    alone = manager.inner_text("#list")
    manager.reload()
    assert manager.inner_text("#list") == alone


def test_no_row_of_a_list_is_kept_in_the_browser(manager: Page) -> None:
    with manager.expect_response(lambda response: "sort=days" in response.url):
        manager.click("#sort-days")
    kept = manager.evaluate("[...Object.values(localStorage), ...Object.values(sessionStorage)]")
    assert [text for text in kept if "<" in text] == []


def test_a_session_that_ended_leads_to_the_sign_in_page(manager: Page) -> None:
    manager.context.clear_cookies(name="sessionid")
    manager.click("#sort-days")
    expect(manager).to_have_url(re.compile("/accounts/login/[?]next="))
