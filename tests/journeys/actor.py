"""A person at a browser without JavaScript: follows links by verb, fills forms, sends them."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import tinyhtml5  # type: ignore[import-untyped]  # ships no types
from django.test import Client

from consultations.models import Case


class Actor:
    """One person with one browser. `take()` does what the person does: look, click, fill in, send."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def log_in(self, username: str, password: str) -> None:
        self.send(self.form("/masuk/", "login"), login=username, password=password)

    def take(self, verb: str, case: Case, **typed: Any) -> str:
        """Take a step from the case's page; returns the text of the page it leads to."""
        return self._follow(f"/permohonan/{case.code}/", verb, typed)

    def take_as_applicant(self, verb: str, case: Case, **typed: Any) -> str:
        """Take a step from the page behind the secret link."""
        return self._follow(f"/p/{case.secret}/", verb, typed)

    def take_from_desk(self, verb: str, **typed: Any) -> str:
        return self._follow("/meja/", verb, typed)

    def offered(self, case: Case) -> list[str]:
        """The verbs that the case's page offers this person."""
        page = self.page(f"/permohonan/{case.code}/")
        return [link.attrib["data-verb"] for link in page.iter("a") if "data-verb" in link.attrib]

    def page(self, address: str) -> Element:
        answer = self.client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return parsed(answer)

    def form(self, address: str, name: str) -> "Form":
        forms = [f for f in self.page(address).iter("form") if f.get("data-form") == name]
        assert len(forms) == 1, f"{address} has {len(forms)} forms “{name}”"
        return Form(address, forms[0])

    def send(self, form: "Form", **typed: Any) -> str:
        """Send a form with what is typed over what it shows; returns the text of the page it leads to."""
        days = {f"{name}_day": str(value)[:10] for name, value in typed.items()}  # chosen with the hour
        typed |= {name: day for name, day in days.items() if name in form.names}
        unknown = typed.keys() - form.names
        assert not unknown, f"{form.address} does not ask for {unknown}"
        answer = self.client.post(form.address, {**form.values, **typed}, follow=True)
        assert answer.redirect_chain, text_of(parsed(answer))
        assert answer.status_code == 200
        return text_of(parsed(answer))

    def _follow(self, address: str, verb: str, typed: dict[str, Any]) -> str:
        links = [a.attrib["href"] for a in self.page(address).iter("a") if a.get("data-verb") == verb]
        assert links, f"{address} does not offer {verb}"
        return self.send(self.form(urljoin(address, links[0]), verb), **typed)


class Form:
    """A form as the browser would send it back untouched."""

    def __init__(self, page: str, form: Element) -> None:
        self.address = urljoin(page, urlsplit(form.get("action", "")).path) or page
        self.names: set[str] = set()
        self.values: dict[str, Any] = {}
        for field in form.iter():
            if name := field.get("name"):
                self.names.add(name)
                if values := [*shown(field)]:
                    self.values.setdefault(name, []).extend(values)


def shown(field: Element) -> Iterable[str]:
    """The values that a field would send."""
    if field.tag == "textarea":
        yield (field.text or "").removeprefix("\n")
    elif field.tag == "select":
        options = [*field.iter("option")]
        chosen = [option for option in options if "selected" in option.attrib]
        yield from (option.attrib.get("value", "") for option in chosen or options[:1])
    elif field.get("type") in ("checkbox", "radio"):
        if "checked" in field.attrib:
            yield field.get("value", "on")
    elif field.tag == "input" and field.get("type") not in ("file", "submit"):
        yield field.get("value", "")


def parsed(answer: Any) -> Element:
    page: Element = tinyhtml5.parse(answer.content.decode(), namespace_html_elements=False)
    return page


def text_of(page: Element) -> str:
    return " ".join(" ".join(page.itertext()).split())
