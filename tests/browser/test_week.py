"""A week of the agency's manager: bring in, be held back by the law, train, place, replace, have a cause accepted."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from accounts.demo import PASSWORD
from tests.browser.conftest import WORK_SECONDS
from tests.factories import iin

PEOPLE = 40
PAPERS = ("Свидетельство учебного центра", "Медицинская справка", "Справка о несудимости", "Удостоверение охранника")
EXPIRED, UNTRAINED, OTHER = 0, 1, 2
# The school where they are placed asks for three modules: two are brought in with the sheets, one has to be taught.
SCHOOL, KNOWN_MODULES, MODULE_TO_TEACH = "Школа № 33", ("Эвакуация школы", "Пропускной режим"), "Тревожная кнопка"
NEAR_ITS_LIMIT, LEAVER = "Школа-гимназия № 12", "Сәрсенова"


def sign_in(browser: Browser, site: str, name: str) -> Page:
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "django_language", "value": "ru", "url": site}])
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("[name=login]", f"{name}@demo.qorgan.kz")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.primary")
    return page


def typed(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def surname(number: int) -> str:
    return f"Сынақов{number:02d}"


def sheet(path: Path, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for at, row in enumerate([heads, *rows]):
            page.write_row(at, 0, row)
    return path


def sheets(folder: Path, numbers: Sequence[str], today: date) -> dict[str, Path]:
    """Forty people, their papers (one medical certificate ran out yesterday), two of the school's modules."""
    ago = typed(today - timedelta(days=60))

    def until(number: int, paper: str) -> str:
        ran_out = number == EXPIRED and paper == PAPERS[1]
        return typed(today - timedelta(days=1) if ran_out else today + timedelta(days=300))

    return {
        "guards": sheet(
            folder / "people.xlsx",
            ("ИИН", "Фамилия", "Имя", "В штате с"),
            [(one, surname(at), "Аян", typed(today - timedelta(days=20))) for at, one in enumerate(numbers)],
        ),
        "credentials": sheet(
            folder / "papers.xlsx",
            ("ИИН", "Документ", "Номер", "Дата выдачи", "Действует до"),
            [(one, p, f"{p[0]}-{at}", ago, until(at, p)) for at, one in enumerate(numbers) for p in PAPERS],
        ),
        "training": sheet(
            folder / "training.xlsx",
            ("ИИН", "Модуль", "Школа", "Дата"),
            [(one, module, SCHOOL, ago) for one in numbers for module in KNOWN_MODULES],
        ),
    }


def bring_in(manager: Page, kind: str, file: Path, rows: int) -> None:
    """The sheet is checked without a fault, then brought in whole."""
    manager.goto("/agency/import/")
    manager.select_option("[name=kind]", kind)
    manager.set_input_files("[name=file]", file)
    manager.click("#send button.primary")
    step = manager.locator("form.step")
    expect(step).to_contain_text(str(rows), timeout=1000 * WORK_SECONDS)
    step.locator("button.primary").click()
    expect(manager.locator("a[href$='/undo/']")).to_be_visible(timeout=1000 * WORK_SECONDS)


def school_page(manager: Page, school: str) -> None:
    manager.goto("/agency/schools/")
    manager.get_by_role("link", name=school).first.click()


def candidate(manager: Page, number: int, day: date) -> Locator:
    """The line of a candidate for the first post of the school, from a day on."""
    school_page(manager, SCHOOL)
    manager.locator("a[href*='/place/']").first.click()
    manager.locator("[name=first_day]").fill(typed(day))
    manager.locator("[name=post]").select_option(index=1)
    manager.locator("main form[method=get] button").click()
    look = manager.locator("#candidates form[role=search]")
    look.locator("[name=q]").fill(surname(number))
    look.locator("button").click()
    return manager.locator("#candidates tbody tr").filter(has_text=surname(number)).first


def teach(manager: Page, numbers: Sequence[str], today: date) -> None:
    """Plan a session of the missing module at the school, hold it, say who came."""
    manager.goto("/agency/training/sessions/plan/")
    manager.locator("[name=module]").select_option(label=MODULE_TO_TEACH)
    manager.locator("[name=school]").select_option(label=SCHOOL)
    manager.locator("main form[method=get] button").click()
    plan = manager.locator("main form[method=post]")
    plan.locator("[name=on]").fill(typed(today))
    plan.locator("[name=hours]").fill("1")
    plan.locator("[name=trainer]").fill("Б. Ержанов, начальник смены")
    plan.locator("[name=others]").fill("\n".join(numbers))
    plan.locator("button.primary").click()
    for box in manager.locator("[name=came]").all():
        box.check()
    manager.locator("#list button.primary").click()
    expect(manager.locator("#list a[href*='/certificates/']")).to_have_count(len(numbers))


def replace(manager: Page, proof: Path, today: date) -> None:
    """Who leaves and why, what it does to the school, who follows; with the proof of the cause."""
    school_page(manager, NEAR_ITS_LIMIT)
    manager.locator("#places tr").filter(has_text=LEAVER).locator("a[href*='/replace/']").click()
    manager.locator("[name=reason]").select_option("parental_leave")
    manager.locator("[name=last_day]").fill(typed(today))
    manager.locator("main form[method=get] button").first.click()
    # The preview warns before anything is saved: the figure before and after, and the limit.
    preview = manager.locator("aside.card")
    expect(preview).to_contain_text("50")
    expect(preview.locator("svg")).not_to_have_count(0)
    manager.locator("#candidates tbody a.button").first.click()
    step = manager.locator("form.step")
    for words in step.locator("textarea").all():
        words.fill("Отпуск по уходу за ребёнком, справка приложена")
    step.locator("input[type=file]").set_input_files(proof)
    step.locator("button.primary").click()
    expect(manager.locator(".toast")).to_contain_text("Сәрсенова")


def test_a_week_from_a_sheet_to_an_accepted_cause(
    browser: Browser, fresh_site: str, worker: None, tmp_path: Path
) -> None:
    today = timezone.localdate()
    tomorrow = today + timedelta(days=1)
    numbers = [iin(700 + at) for at in range(PEOPLE)]
    manager = sign_in(browser, fresh_site, "manager")

    files = sheets(tmp_path, numbers, today)
    for kind, file in files.items():
        bring_in(manager, kind, file, PEOPLE * {"guards": 1, "credentials": 4, "training": 2}[kind])

    # The law closes one of them, a module of the school holds back the other; each line says what would cure it.
    held_by_law = candidate(manager, EXPIRED, tomorrow)
    expect(held_by_law).to_contain_text("Медицинская справка")
    expect(held_by_law.locator("a.button")).to_have_count(0)
    held_by_policy = candidate(manager, UNTRAINED, tomorrow)
    expect(held_by_policy).to_contain_text(MODULE_TO_TEACH)

    teach(manager, [numbers[UNTRAINED], numbers[OTHER]], today)
    free = candidate(manager, UNTRAINED, tomorrow)
    expect(free).not_to_contain_text(MODULE_TO_TEACH)
    free.locator("a.button").click()
    manager.locator("form.step button.primary").click()
    expect(manager.locator(".toast")).to_contain_text(surname(UNTRAINED))

    proof = tmp_path / "proof.pdf"
    proof.write_bytes(b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n")
    replace(manager, proof, today)
    school_page(manager, NEAR_ITS_LIMIT)
    expect(manager.locator("main")).to_contain_text("2 ухода из 2 в счёт")

    # The director, not the agency, accepts the cause: only then is the leave excused.
    director = sign_in(browser, fresh_site, "director")
    director.goto("/school/proposals/")
    director.locator("a[href*='/school/causes/']").first.click()
    expect(director.locator("main")).to_contain_text("Сәрсенова")
    director.locator("button[name=answer][value=accept]").click()
    expect(director.locator(".toast")).to_be_visible()

    # Net stands beside gross: two left, one of them excused.
    school_page(manager, NEAR_ITS_LIMIT)
    expect(manager.locator("main")).to_contain_text("1 уход из 2 в счёт")
    director.context.close()
    manager.context.close()
