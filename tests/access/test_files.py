"""Every list that offers itself as a file gives one."""

import html
import re
from urllib.parse import urljoin

from django.test import Client

from tests.access.test_matrix import ROUTES, ask, sign_in
from tests.access.world import World

OFFERED = re.compile(r'href="([^"]*[?;]format=(?:csv|xlsx)[^"]*)"')
# Its pager is a specimen.
SPECIMENS = "styleguide:index"
KINDS = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def test_every_file_that_a_page_offers_is_one(world: World) -> None:
    offered, pages = 0, []
    for route in (
        one for one in ROUTES if one.method == "get" and one.answer == 200 and one.opens and one.name != SPECIMENS
    ):
        client = Client()
        sign_in(client, world, route.opens[0])
        page = ask(client, world, route)
        if page.streaming:
            # Read to its end, which closes it: a file is made while it is read.
            b"".join(page)
            continue
        if not page.get("Content-Type", "").startswith("text/html"):
            continue
        for address in OFFERED.findall(page.content.decode()):
            offered += 1
            file = client.get(urljoin(page.wsgi_request.get_full_path(), html.unescape(address)))
            b"".join(file)
            if not file["Content-Type"].startswith(KINDS):
                pages.append(f"{route.name}: {address}")
    assert pages == []
    assert offered > 20
