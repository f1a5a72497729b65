"""A page read as a browser reads it: its elements, their attributes, their text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = {"meta", "br", "hr", "img", "link", "input"}


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    text: str = ""
    inside: list[str] = field(default_factory=list)  # names of the elements around it


class Page(HTMLParser):
    """`elements` in the order they open."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(text)
        self.close()
        assert not self._open, [one.name for one in self._open]

    def handle_starttag(self, tag, attrs):
        one = Element(tag, dict(attrs), inside=[other.name for other in self._open])
        self.elements.append(one)
        if tag not in EMPTY:
            self._open.append(one)

    def handle_startendtag(self, tag, attrs):
        self.elements.append(Element(tag, dict(attrs), inside=[other.name for other in self._open]))

    def handle_endtag(self, tag):
        assert self._open and self._open[-1].name == tag, f"</{tag}> at {self.getpos()}"
        self._open.pop()

    def handle_data(self, data):
        for one in self._open:
            one.text += data

    def named(self, name: str) -> list[Element]:
        return [one for one in self.elements if one.name == name]
