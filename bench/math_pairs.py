"""Writes pairs of mathematical answers that are equal by construction or unequal by a small change.

    python bench/math_pairs.py --seed 1 --count 1500 [--answers FILE.json] > PAIRS.jsonl

Rows have fields a, b, equal, kind. FILE.json is a list of objects with a field `answer`; each of those answers is
paired with itself, with itself in another style, and with itself after one digit, sign or bracket was changed.
"""

import argparse
import json
import math
import random
import re
from fractions import Fraction as F


def fraction(q, r, style=None):
    style = style or r.choice(["frac", "dfrac", "tfrac", "slash", "unicode"])
    sign, n, d = "-" if q < 0 else "", abs(q.numerator), q.denominator
    if d == 1:
        return f"{sign}{n}"
    if style == "slash":
        return f"{sign}{n}/{d}"
    if style == "unicode" and (n, d) in ((1, 2), (1, 3), (3, 4), (1, 4)):
        return sign + {(1, 2): "½", (1, 3): "⅓", (3, 4): "¾", (1, 4): "¼"}[n, d]
    if style in ("tfrac", "unicode") and n < 10 and d < 10:
        return f"{sign}\\frac{n}{d}"
    return f"{sign}\\{'dfrac' if style == 'dfrac' else 'frac'}{{{n}}}{{{d}}}"


def decimal(q):
    """The terminating decimal of q, or None."""
    d = q.denominator
    for p in (2, 5):
        while d % p == 0:
            d //= p
    if d != 1:
        return None
    text = f"{float(q):.12f}".rstrip("0").rstrip(".")
    return text if F(text) == q else None


def wrap(text, r):
    return r.choice([
        lambda t: t, lambda t: f"${t}$", lambda t: f"\\boxed{{{t}}}", lambda t: f"$\\boxed{{{t}}}$",
        lambda t: f"\\({t}\\)", lambda t: f" {t} ", lambda t: f"\\displaystyle {t}"])(text)


def rational(r):
    q = F(r.randint(-60, 60) or 1, r.choice([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 20, 25]))
    forms = [fraction(q, r), fraction(q, r, "frac"), f"x = {fraction(q, r)}"]
    if decimal(q):
        forms += [decimal(q)]
    if q.denominator > 1 and abs(q) > 1:
        whole, rest = divmod(abs(q.numerator), q.denominator)
        forms.append(f"{'-' if q < 0 else ''}{whole}\\frac{{{rest}}}{{{q.denominator}}}")
    k = r.randint(2, 5)
    forms.append(f"\\frac{{{q.numerator * k}}}{{{q.denominator * k}}}")
    other = q + r.choice([F(1), F(-1), F(1, q.denominator), -2 * q or F(1)])
    return forms, [fraction(other, r), fraction(other, r, "frac")]


def radical(r):
    a, b, c = r.randint(1, 9), r.choice([2, 3, 5, 6, 7, 10]), r.randint(2, 6)
    forms = [f"{a * c}\\sqrt{{{b}}}", f"{a}\\sqrt{{{b * c * c}}}", f"{a * c}\\sqrt{b}" if b < 10 else f"{a * c}\\sqrt{{{b}}}",
             f"{a * c}√{b}", f"\\sqrt{{{(a * c) ** 2 * b}}}", f"\\frac{{{a * c * b}}}{{\\sqrt{{{b}}}}}", f"{a * c} \\cdot {b}^{{1/2}}", f"{a * c}*sqrt({b})"]
    return forms, [f"{a * c + 1}\\sqrt{{{b}}}", f"{a * c}\\sqrt{{{b + 1}}}", f"{a * c * b}", f"-{a * c}\\sqrt{{{b}}}"]


def nested(r):
    a, b = r.sample([2, 3, 5, 6, 7, 11], 2)
    forms = [f"\\sqrt{{{a + b} + 2\\sqrt{{{a * b}}}}}", f"\\sqrt{a}+\\sqrt{{{b}}}", f"\\sqrt{{{b}}} + \\sqrt{{{a}}}"]
    return forms, [f"\\sqrt{{{a + b} - 2\\sqrt{{{a * b}}}}}", f"\\sqrt{{{a + b}}}"]


def pi_multiple(r):
    q = F(r.randint(1, 12), r.choice([1, 2, 3, 4, 6, 12]))
    n, d = q.numerator, q.denominator
    c = "" if n == 1 else n
    forms = [f"\\frac{{{c}\\pi}}{{{d}}}" if d > 1 else f"{c}\\pi", f"\\frac{{{n}}}{{{d}}}\\pi" if d > 1 else f"{n}\\pi", f"{c}π/{d}" if d > 1 else f"{c}π", f"{n}*pi/{d}"]
    return forms, [f"\\frac{{{n + 1}\\pi}}{{{d}}}", f"{float(q) * 3.14:.2f}", f"\\frac{{{n}}}{{{d}}}"]


TRIG = {"\\sin 15^\\circ": "\\frac{\\sqrt6-\\sqrt2}{4}", "\\cos 15^\\circ": "\\frac{\\sqrt{6}+\\sqrt{2}}{4}", "\\tan 15^\\circ": "2-\\sqrt{3}",
        "\\sin\\frac{\\pi}{3}": "\\frac{\\sqrt{3}}{2}", "\\cos 36^\\circ": "\\frac{1+\\sqrt5}{4}", "\\tan\\frac{\\pi}{8}": "\\sqrt2-1",
        "\\arcsin\\frac{1}{2}": "\\frac{\\pi}{6}", "\\arctan \\sqrt3": "\\frac{\\pi}{3}", "\\cos\\frac{2\\pi}{3}": "-\\frac12",
        "\\sin 18^\\circ": "\\frac{\\sqrt{5}-1}{4}", "\\cos 60^\\circ": "0.5", "\\sec 60^{\\circ}": "2", "\\cot 30^\\circ": "\\sqrt3"}


def trigonometry(r):
    key = r.choice(list(TRIG))
    others = [value for name, value in TRIG.items() if name != key]
    return [key, TRIG[key]], [r.choice(others)]


def logarithm(r):
    b, k = r.choice([2, 3, 5, 7]), r.randint(2, 5)
    forms = [f"\\log_{b} {b ** k}", f"{k}", f"\\log_{{{b}}}({b ** k})", f"\\frac{{\\ln {b ** k}}}{{\\ln {b}}}"]
    return forms, [f"{k + 1}", f"\\log_{b} {b ** k + 1}"]


def expanded(roots, lead=1):
    c = [lead]
    for root in roots:
        c = [x - root * y for x, y in zip(c + [0], [0] + c)]
    return c


def polynomial_text(c, v="x"):
    terms = []
    n = len(c) - 1
    for i, k in enumerate(c):
        if k == 0:
            continue
        p = n - i
        body = "" if p == 0 else v if p == 1 else f"{v}^{{{p}}}" if p > 9 else f"{v}^{p}"
        size = "" if abs(k) == 1 and body else str(abs(k))
        terms.append(("-" if k < 0 else "+", size + body))
    if not terms:
        return "0"
    return "".join((s if i or s == "-" else "") + t for i, (s, t) in enumerate(terms))


def polynomial(r):
    v = r.choice("xyntk")
    roots = [r.choice([-4, -3, -2, -1, 1, 2, 3, 5]) for _ in range(r.randint(2, 4))]
    lead = r.choice([1, 1, 2, 3, -1])
    c = expanded(roots, lead)
    factors = [f"({v}{'-' if root > 0 else '+'}{abs(root)})" for root in roots]
    r.shuffle(factors)
    product = ("" if lead == 1 else "-" if lead == -1 else str(lead)) + "".join(factors)
    terms = polynomial_text(c, v)
    back = re.findall(r"[+-]?[^+-]+", terms)
    r.shuffle(back)
    shuffled = "".join(t if t[0] in "+-" else "+" + t for t in back).lstrip("+")
    bad = list(c)
    bad[r.randrange(len(bad))] += r.choice([1, -1, 2])
    return [product, terms, shuffled, product.replace(")(", ") \\cdot ("), f"f({v}) = {terms}"], [polynomial_text(bad, v), terms.replace(v, "z")]


def several_variables(r):
    a, b = r.randint(1, 5), r.randint(1, 5)
    forms = [f"({a}x+{b}y)^2", f"{a * a}x^2+{2 * a * b}xy+{b * b}y^2", f"{b * b}y^{{2}} + {2 * a * b} y x + {a * a} x^{{2}}"]
    return forms, [f"{a * a}x^2+{b * b}y^2", f"({a}x-{b}y)^2", f"{a * a}x^2+{2 * a * b + 1}xy+{b * b}y^2"]


def rational_function(r):
    a, b = r.sample([-3, -2, -1, 1, 2, 3, 4], 2)
    s = lambda k: f"{'+' if k >= 0 else '-'}{abs(k)}"
    forms = [f"\\frac{{1}}{{x{s(a)}}}+\\frac{{1}}{{x{s(b)}}}", f"\\frac{{2x{s(a + b)}}}{{(x{s(a)})(x{s(b)})}}", f"(2x{s(a + b)})/((x{s(b)})(x{s(a)}))"]
    return forms, [f"\\frac{{2x{s(a + b + 1)}}}{{(x{s(a)})(x{s(b)})}}", f"\\frac{{2}}{{2x{s(a + b)}}}"]


def end(r):
    return r.choice([str(r.randint(-9, 9)), fraction(F(r.randint(-9, 9), r.randint(2, 5)), r, "frac"), f"\\sqrt{{{r.choice([2, 3, 5])}}}"])


def interval(r):
    low = r.randint(-9, 5)
    high = low + r.randint(1, 9)
    left, right = r.choice("(["), r.choice(")]")
    lo, hi = "<" if left == "(" else r.choice(["\\le", "\\leq", "≤"]), "<" if right == ")" else r.choice(["\\le", "\\leqslant", "≤"])
    forms = [f"{left}{low},{high}{right}", f"\\left{left}{low}, {high}\\right{right}", f"{low} {lo} x {hi} {high}", f"x \\in {left}{low},{high}{right}",
             f"\\{{x \\mid {low} {lo} x {hi} {high}\\}}"]
    swap = {"(": "[", "[": "(", ")": "]", "]": ")"}
    return forms, [f"{swap[left]}{low},{high}{right}", f"{left}{low},{high + 1}{right}", f"{low} {'<' if left == '[' else '≤'} x {hi} {high}"]


def ray(r):
    a = r.randint(-9, 9)
    if r.random() < 0.5:
        return [f"(-\\infty,{a})", f"x<{a}", f"{a}>x", f"(-∞, {a})", f"\\{{x : x<{a}\\}}"], [f"(-\\infty,{a}]", f"x\\le {a}", f"x>{a}", f"({a},\\infty)"]
    return [f"[{a},\\infty)", f"x\\ge {a}", f"x≥{a}", f"{a}\\leq x", f"[{a}, +\\infty)"], [f"({a},\\infty)", f"x>{a}", f"[{a + 1},\\infty)"]


def union(r):
    a = r.randint(-9, 3)
    b = a + r.randint(1, 6)
    forms = [f"(-\\infty,{a})\\cup({b},\\infty)", f"({b},\\infty) \\cup (-\\infty,{a})", f"x<{a} \\text{{ or }} x>{b}", f"x < {a} or x > {b}"]
    return forms, [f"(-\\infty,{a}]\\cup({b},\\infty)", f"({a},{b})", f"(-\\infty,{a})\\cup({b + 1},\\infty)"]


def numbers(r, count):
    return r.sample(range(-12, 13), count)


def set_of(r):
    items = numbers(r, r.randint(2, 4))
    mixed = r.sample(items, len(items))
    join = lambda xs, sep=",": sep.join(map(str, xs))
    forms = [f"\\{{{join(items)}\\}}", f"\\{{{join(mixed, ', ')}\\}}", f"\\left\\{{ {join(mixed, ', ')} \\right\\}}", join(mixed, ", "), " and ".join(map(str, mixed)) if len(items) == 2 else join(items, ", ")]
    bad = list(items)
    bad[0] += 13
    return forms, [f"\\{{{join(bad)}\\}}", f"\\{{{join(items[:-1])}\\}}", join(bad, ", ")]


def point(r):
    items = numbers(r, r.randint(2, 3))
    join = lambda xs, sep=",": sep.join(map(str, xs))
    forms = [f"({join(items)})", f"\\left({join(items, ', ')}\\right)", f"( {join(items, ' , ')} )"]
    bad = items[::-1]
    return forms, [f"({join(bad)})", f"({join([items[0] + 1] + items[1:])})"]


def matrix(r):
    a, b, c, d = numbers(r, 4)
    m = [[a, b], [c, d]]
    text = lambda m, name: f"\\begin{{{name}}}{m[0][0]} & {m[0][1]} \\\\ {m[1][0]} & {m[1][1]}\\end{{{name}}}"
    t = [[m[0][0], m[1][0]], [m[0][1], m[1][1]]]
    return [text(m, "pmatrix"), text(m, "bmatrix"), text(m, "pmatrix").replace(" ", "")], [text(t, "pmatrix"), text([[m[0][0] + 1, m[0][1]], m[1]], "pmatrix")]


def line(r):
    a, b, c = r.randint(1, 6), r.choice([-5, -4, -3, -2, 2, 3, 4, 5]), r.randint(-9, 9)
    k = r.choice([2, 3, -1, -2])
    s = lambda n: f"{'+' if n >= 0 else '-'}{abs(n)}"
    forms = [f"{a}x{s(b)}y={c}", f"{a * k}x{s(b * k)}y={c * k}", f"{a}x{s(b)}y{s(-c)}=0", f"{c} = {a}x {s(b)}y"]
    return forms, [f"{a}x{s(-b)}y={c}", f"{a}x{s(b)}y={c + 1}", f"{a + 1}x{s(b)}y={c}"]


def conic(r):
    a, b = r.sample([4, 9, 16, 25], 2)
    forms = [f"\\frac{{x^2}}{{{a}}}+\\frac{{y^2}}{{{b}}}=1", f"{b}x^2+{a}y^2={a * b}", f"\\frac{{x^{{2}}}}{{{a}}} + \\frac{{y^{{2}}}}{{{b}}} = 1"]
    return forms, [f"\\frac{{x^2}}{{{b}}}+\\frac{{y^2}}{{{a}}}=1", f"\\frac{{x^2}}{{{a}}}-\\frac{{y^2}}{{{b}}}=1"]


def complex_number(r):
    a, b = r.randint(-9, 9), r.choice([-5, -4, -3, -2, 2, 3, 4, 5])
    s = lambda n: f"{'+' if n >= 0 else '-'}{abs(n)}"
    return [f"{a}{s(b)}i", f"{s(b).lstrip('+')}i{s(a)}", f"{a} {s(b)}\\mathrm{{i}}"], [f"{a}{s(-b)}i", f"{a + 1}{s(b)}i", f"{b}{s(a)}i" if a != b else f"{a}{s(b)}"]


def thousands(r):
    n = r.randint(1000, 99999999)
    return [str(n), f"{n:,}", f"{n:,}".replace(",", "{,}"), f"{n:,}".replace(",", ",\\!"), f"\\${n:,}"], [str(n + 1), f"{n + 10:,}", str(n)[:-1]]


def scientific(r):
    m, k = r.randint(11, 99), r.randint(3, 7)
    value = m * 10 ** (k - 1)
    text = f"{m / 10}"
    return [f"{text} \\times 10^{{{k}}}", f"{text}\\cdot10^{k}", str(value), f"{text}e{k}", f"{text} × 10^{k}"], [f"{text} \\times 10^{{{k + 1}}}", str(value * 10 + 1)]


def repeating(r):
    d = r.randint(1, 8)
    pair = r.choice([12, 27, 36, 45, 81])
    if r.random() < 0.5:
        q = F(d, 9)
        return [f"0.\\overline{{{d}}}", fraction(q, r, "frac")], [f"0.{d}{d}", f"0.{d}{d}{d}{d}", fraction(F(d + 1, 9), r, "frac")]
    q = F(pair, 99)
    return [f"0.\\overline{{{pair}}}", fraction(q, r, "frac")], [f"0.{pair}", f"0.\\overline{{{pair + 1}}}"]


def percent(r):
    n = r.randint(1, 99)
    return [f"{n}\\%", f"{n}%", f"{n} \\%", f"{n}"], [f"{n + 1}\\%", f"{n}.5%"]


def degrees(r):
    n = r.randint(1, 179)
    return [f"{n}^\\circ", f"{n}^{{\\circ}}", f"{n}°", f"{n}", f"{n} \\text{{ degrees}}"], [f"{n + 1}^\\circ", f"{n + 1}"]


def unit(r):
    n = r.randint(2, 500)
    word = r.choice(["cm", "meters", "inches", "feet", "km", "hours", "dollars", "square units", "kg"])
    wrong = {"cm": "m^2", "meters": "feet", "inches": "hours", "feet": "meters", "km": "kg", "hours": "days", "dollars": "cents", "square units": "feet", "kg": "cm"}[word]
    return [f"{n} \\text{{ {word}}}", f"{n}\\text{{ {word}}}", f"{n} {word}", f"{n}", f"{n}\\ \\mathrm{{{word}}}" if " " not in word else f"{n}"], [f"{n + 1} \\text{{ {word}}}", ("unit", f"{n} \\text{{ {wrong}}}")]


def choice_letter(r):
    letter = r.choice("ABCDE")
    other = r.choice([x for x in "ABCDE" if x != letter])
    return [letter, f"({letter})", f"\\text{{({letter})}}", f"\\textbf{{({letter})}}", f"{letter}.", f"Option {letter}"], [other, f"({other})"]


def plus_minus(r):
    a, b = r.randint(1, 9), r.choice([2, 3, 5, 7])
    forms = [f"{a} \\pm \\sqrt{{{b}}}", f"{a}+\\sqrt{{{b}}}, {a}-\\sqrt{{{b}}}", f"x = {a} \\pm \\sqrt{{{b}}}", f"{a}-\\sqrt{b},{a}+\\sqrt{b}"]
    return forms, [f"{a}+\\sqrt{{{b}}}", f"-{a} \\pm \\sqrt{{{b}}}", f"{a} \\pm \\sqrt{{{b + 1}}}"]


def base(r):
    b = r.randint(2, 9)
    n = r.randint(10, 500)
    digits, m = "", n
    while m:
        digits = str(m % b) + digits
        m //= b
    return [f"{digits}_{b}", f"{digits}_{{{b}}}", f"${digits}_{{{b}}}$"], [f"{digits}_{{{b + 1}}}", f"1{digits}_{b}"]


def binomial(r):
    n = r.randint(4, 12)
    k = r.randint(2, n - 2)
    return [f"\\binom{{{n}}}{{{k}}}", str(math.comb(n, k)), f"\\frac{{{n}!}}{{{k}!{n - k}!}}", f"\\dbinom{{{n}}}{{{n - k}}}"], [str(math.comb(n, k) + 1), f"\\binom{{{n}}}{{{k - 1}}}" if 2 * k - 1 != n else str(n)]


def power(r):
    b, k = r.randint(2, 9), r.randint(2, 12)
    return [f"{b}^{{{k}}}", f"{b}^{k}", str(b ** k), f"{b}^{{{k - 1}}} \\cdot {b}", f"{b}**{k}"], [str(b ** k + 1), f"{b}^{{{k + 1}}}", str(b * k) if b * k != b ** k else "1"]


KINDS = [rational, radical, nested, pi_multiple, trigonometry, logarithm, polynomial, several_variables, rational_function, interval, ray, union, set_of, point,
         matrix, line, conic, complex_number, thousands, scientific, repeating, percent, degrees, unit, choice_letter, plus_minus, base, binomial, power]


def restyled(text, r):
    for _ in range(r.randint(1, 3)):
        text = r.choice([
            lambda t: t.replace("\\frac", "\\dfrac"), lambda t: t.replace("\\frac", "\\tfrac"), lambda t: t.replace(" ", ""),
            lambda t: t.replace(", ", ","), lambda t: t.replace("(", "\\left(").replace(")", "\\right)") if "\\left" not in t and t.count("(") == t.count(")") else t,
            lambda t: t.replace("\\pi", "π"), lambda t: t.replace("\\infty", "∞"), lambda t: re.sub(r"\^(\d)(?!\d)", r"^{\1}", t),
            lambda t: re.sub(r"\\sqrt\{(\d)\}", r"\\sqrt\1", t)])(text) if "\\text" not in text and "\\mid" not in text and " or" not in text and " and" not in text and "\\right" not in text and not re.search(r"[A-Za-z]{4} ", text) else text
    if "$" not in text:
        text = wrap(text, r)
    return text


def damaged(text, r):
    """The text with one digit changed; None when it has none."""
    places = [m.start() for m in re.finditer(r"\d", text)]
    if not places:
        return None
    at = r.choice(places)
    digit = str((int(text[at]) + r.randint(1, 8)) % 10 or 9)
    if digit == text[at]:
        return None
    return text[:at] + digit + text[at + 1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1500)
    parser.add_argument("--answers")
    options = parser.parse_args()
    r = random.Random(options.seed)

    def put(a, b, equal, kind):
        print(json.dumps({"a": a, "b": b, "equal": equal, "kind": kind}, ensure_ascii=False))

    for number in range(options.count):
        make = KINDS[number % len(KINDS)]
        good, bad = make(r)
        first = r.choice(good)
        if number // len(KINDS) % 2 == 0:
            put(first if make is choice_letter else wrap(first, r), r.choice(good), True, make.__name__)
        else:
            other = r.choice(bad)
            if isinstance(other, tuple):
                first, other = good[0], other[1]
            put(first, other if make is choice_letter else wrap(other, r), False, make.__name__)
    if options.answers:
        with open(options.answers, encoding="utf-8") as file:
            answers = [row["answer"] for row in json.load(file)]
        for answer in answers:
            put(answer, answer, True, "same")
            put(answer, restyled(answer, r), True, "restyled")
            other = damaged(answer, r)
            if other:
                put(answer, other, False, "damaged")


if __name__ == "__main__":
    main()
