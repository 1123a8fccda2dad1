"""The main job, as three people do it: place, confirm, measure, flag, explain."""

import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pypdf import PdfReader

from accounts.demo import PASSWORD

SCHOOL = "Школа-гимназия № 12"
# Guards of that school who, as the agency now admits, went long ago: with one settled leave before, these make three.
GONE = ("Нұрлан Ахметов", "Айгүл Сәрсенова")
LEFT_DAYS_AGO = 200
KAZAKH_LETTERS = set("әғқңөұүі")

SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(browser: Browser, fresh_site: str) -> Iterator[SignIn]:
    """Signs one of the demo people in, in a browser of his own: his language and the width of his screen."""
    contexts: list[BrowserContext] = []

    def enter(name: str, *, language: str, width: int) -> Page:
        context = browser.new_context(base_url=fresh_site, viewport={"width": width, "height": 844})
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": fresh_site}])
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("[name=login]", f"{name}@demo.qorgan.kz")
        page.fill("[name=password]", PASSWORD)
        page.click("main button.primary")
        return page

    yield enter
    for context in contexts:
        context.close()


def typed(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def place_a_guard(manager: Page) -> str:
    """The manager proposes the best candidate to the school; returns his name."""
    manager.goto("/agency/schools/")
    manager.get_by_role("link", name=SCHOOL).first.click()
    manager.get_by_role("link", name="Поставить охранника").first.click()
    manager.get_by_label("Пост", exact=True).select_option(label="Главный вход, 24 часа")
    manager.get_by_label("Первый день").fill(typed(timezone.localdate() + timedelta(days=1)))
    manager.get_by_role("button", name="Показать, кого можно").click()
    line = manager.locator("#candidates tbody tr").filter(has=manager.get_by_role("link", name="Выбрать")).first
    name = line.locator("a.name").inner_text()
    line.get_by_role("link", name="Выбрать").click()
    manager.get_by_role("button", name="Предложить школе").click()
    expect(manager.locator(".toast")).to_contain_text(name.split()[-1])
    return name


def confirm(director: Page, name: str) -> None:
    """The director reads the proof behind the proposed guard, on a phone, and agrees."""
    director.goto("/school/proposals/")
    director.locator("article").filter(has_text=name).get_by_role("link").click()
    director.locator(".answer-bar button.primary").click()
    expect(director.locator(".toast")).to_contain_text(name)


def end(manager: Page, name: str, last_day: date) -> None:
    """The manager says that a guard left, when and why; before saving he is shown what it does to the school."""
    manager.goto("/agency/schools/")
    manager.get_by_role("link", name=SCHOOL).first.click()
    manager.locator("#places tr").filter(has_text=name).get_by_role("link", name="Закончить").click()
    manager.get_by_label("Причина").select_option(value="resigned")
    manager.get_by_label("Последний день").fill(typed(last_day))
    manager.get_by_role("button", name="Показать, что станет").click()
    expect(manager.locator("form.step")).to_contain_text("50")
    # A leave against the limit is not forbidden: whoever enters it says why, with his name.
    for reason in manager.locator("form.step textarea[name^=reason_]").all():
        reason.fill("Уходит сам, удержать не удалось.")
    manager.locator("form.step button.primary, form.step button.danger").first.click()
    expect(manager.locator(".toast")).to_contain_text(name.split()[-1])


def test_three_people_place_confirm_measure_flag_and_explain(sign_in: SignIn) -> None:
    manager = sign_in("manager", language="ru", width=1280)
    left_on = timezone.localdate() - timedelta(days=LEFT_DAYS_AGO)
    former, another = GONE
    # His place at the post becomes empty: somebody else can be placed there.
    end(manager, former, left_on)
    name = place_a_guard(manager)

    confirm(sign_in("director", language="kk", width=390), name)
    manager.goto("/agency/proposals/?status=confirmed")
    expect(manager.locator("main")).to_contain_text(name.split()[-1])

    regulator = sign_in("regulator", language="en", width=1280)
    findings = "/regulator/findings/?rule=turnover_limit&school=12"
    regulator.goto(findings)
    expect(regulator.locator("tbody tr")).to_have_count(0)

    end(manager, another, left_on)

    # The register judged in the very transaction of the action: the finding is there, with its arithmetic.
    regulator.goto(findings)
    regulator.locator("tbody tr").filter(has_not_text="Барыс").locator("a.name").click()
    main = regulator.locator("main")
    expect(main.locator("h1")).to_contain_text("3 guards left")
    expect(main).to_contain_text("50\N{NO-BREAK SPACE}%")
    expect(main).to_contain_text("Policy, not law")
    for gone in (*GONE, "Руденко"):
        expect(main).to_contain_text(gone.split()[-1])
    shown_rate = main.locator("tr, li, .line").filter(has_text="÷").filter(has_text="a year").first.inner_text()

    paper = regulator.request.get(regulator.url + "proof.pdf")
    assert paper.ok
    check_paper(paper.body(), shown_rate)


def check_paper(content: bytes, shown_rate: str) -> None:
    """The PDF read back: the same numbers as the page, the clause, Kazakh letters, and no font but ours."""
    document = PdfReader(io.BytesIO(content))
    text = " ".join(page.extract_text() for page in document.pages)
    flat = "".join(text.split())
    rate = next(word for word in shown_rate.split() if word.replace(".", "").isdigit() and "." in word)
    assert rate in flat or rate.replace(".", ",") in flat
    assert "50%" in flat and "school-guards" not in flat
    assert set(text.lower()) >= KAZAKH_LETTERS
    assert "Ахметов" in flat and "Сәрсенова" in flat
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in document.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert fonts and all("Onest" in font for font in fonts), fonts
