"""Small sums over named inputs: + - * / and brackets, read by a parser of our own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from cleanprod.stages.performance.indicators.numbers import LONGEST, number_of

LONGEST_FORMULA = 500
_DEEPEST = 40
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d*)?|\.\d+)|([^\W\d]\w*)|([-+*/()]))")
_SIGNS = str.maketrans("×÷（）＋－−＊／", "*/()+--*/")


class BadFormula(Exception):  # noqa: N818 - a formula is bad; the word is the trade's
    """What is wrong with a formula, in Chinese."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number written in the formula."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Name:
    """An input."""

    id: str


@dataclass(frozen=True, slots=True)
class Operation:
    """Two parts and the sign between them."""

    sign: str
    left: "Node"
    right: "Node"


Node = Number | Name | Operation


@dataclass(frozen=True, slots=True)
class Expression:
    """A formula that was read; two are equal when their texts are."""

    text: str
    root: Node = field(compare=False)
    names: tuple[str, ...] = field(compare=False)

    def value(self, inputs: Mapping[str, Fraction]) -> Fraction:
        """Return the exact value; raises ZeroDivisionError where something is divided by 0."""
        return _value(self.root, inputs)


def parse(text: str) -> Expression:
    """Read a formula, or raise BadFormula with what is wrong."""
    if len(text) > LONGEST_FORMULA:
        raise BadFormula(f"公式超过{LONGEST_FORMULA}个字符")
    parser = _Parser(_tokens(text.translate(_SIGNS)))
    root = parser.sum(0)
    if parser.peek():
        raise BadFormula(f"“{parser.peek()}”处多出内容")
    return Expression(text, root, tuple(dict.fromkeys(parser.names)))


def _tokens(text: str) -> list[str]:
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        token = _TOKEN.match(text, at)
        if token is None:
            raise BadFormula(f"不认识的符号“{text[at:].strip()[:1]}”")
        word = token[0].strip()
        if token[1] and len(word) > LONGEST:
            raise BadFormula("数字太长")
        if token[2] and not word.isidentifier():
            raise BadFormula(f"“{word}”不能作为名称")
        found.append(word)
        at = token.end()
    if not found:
        raise BadFormula("公式是空的")
    return found


class _Parser:
    """Reads sums of products of parts, each part a number, a name or something in brackets."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at = tokens, 0
        self.names: list[str] = []

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        word = self.peek()
        self.at += 1
        return word

    def sum(self, depth: int) -> Node:
        node = self.product(depth)
        while self.peek() in ("+", "-"):
            node = Operation(self.take(), node, self.product(depth))
        return node

    def product(self, depth: int) -> Node:
        node = self.part(depth)
        while self.peek() in ("*", "/"):
            node = Operation(self.take(), node, self.part(depth))
        return node

    def part(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise BadFormula("括号嵌套太深")
        word = self.take()
        if word in ("+", "-"):
            return Operation(word, Number(Fraction(0)), self.part(depth + 1))
        if word == "(":
            node = self.sum(depth + 1)
            if self.take() != ")":
                raise BadFormula("缺少右括号")
            return node
        if word in ("", "*", "/", ")"):
            raise BadFormula(f"“{word}”前缺少内容" if word else "公式不完整")
        if word.isidentifier():
            self.names.append(word)
            return Name(word)
        return Number(Fraction(number_of(word) or 0))


def _value(node: Node, inputs: Mapping[str, Fraction]) -> Fraction:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Name):
        return inputs[node.id]
    left, right = _value(node.left, inputs), _value(node.right, inputs)
    if node.sign == "+":
        return left + right
    if node.sign == "-":
        return left - right
    return left * right if node.sign == "*" else left / right
