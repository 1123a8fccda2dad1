"""The list alone and the whole page say the same, whichever the address."""

from django.test import Client


def assert_fragment_equals_page(client: Client, url: str) -> None:
    """What htmx is given for an address stands, letter for letter, in the page that a browser is given for it."""
    page = client.get(url)
    fragment = client.get(url, headers={"HX-Request": "true", "HX-Target": "list"})
    assert page.status_code == fragment.status_code == 200
    alone = fragment.content.decode().strip()
    assert alone.startswith('<div class="listing" id="list"')
    assert alone.endswith("</div>")
    assert "<html" not in alone
    assert page.content.decode().count(alone) == 1
    assert "HX-Target" in page["Vary"]
    assert "HX-Target" in fragment["Vary"]
