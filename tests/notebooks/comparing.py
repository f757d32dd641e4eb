"""What two runs of a notebook must have in common: words to the letter, numbers nearly.

Numbers differ in their last digits from one processor to the next, and a trained net carries that
on. In cells tagged `words`, which show times or which of many errors is the largest, only the
words count. In cells tagged `machine`, which describe the machine, and of pictures and HTML, which
is text again, only the kind counts.
"""

import math
import re

NUMBER = re.compile(r"[-+\N{MINUS SIGN}]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[-+\N{MINUS SIGN}]?\d+)?")
NEAR = {"rel_tol": 0.1, "abs_tol": 0.011}
PICTURES = ("image/png", "image/svg+xml", "text/html")


def difference(old, new):
    """What tells two executed cells apart, in a sentence; nothing if they agree."""
    olds, news = ([_shown(output) for output in cell.get("outputs", ())] for cell in (old, new))
    if [set(output) for output in olds] != [set(output) for output in news]:
        return f"other kinds of outputs: {[*map(list, olds)]} and now {[*map(list, news)]}"
    tags = new.metadata.get("tags", ())
    for before, now in zip(olds, news, strict=True) if "machine" not in tags else ():
        for kind in before:
            if kind not in PICTURES and not same(before[kind], now[kind], "words" in tags):
                return f"{kind} was\n{before[kind]}\nand now is\n{now[kind]}"
    return ""


def same(old, new, words_only=False, **tolerance):
    """Whether two texts have the same words and nearly the same numbers."""
    if _words(old) != _words(new):
        return False
    pairs = zip(_numbers(old), _numbers(new), strict=True)
    near = tolerance or NEAR
    return words_only or all(math.isclose(a, b, **near) for a, b in pairs)


def errors(cell):
    """What a cell wrote to standard error, and the errors that it raised."""
    outputs = cell.get("outputs", ())
    shown = [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"]
    return shown + [o.evalue for o in outputs if o.output_type == "error"]


def _shown(output):
    if output.output_type == "stream":
        return {output.name: output.text}
    if output.output_type == "error":
        return {"error": f"{output.ename}: {output.evalue}"}
    return dict(output.data)


def _words(text):
    return " ".join(NUMBER.sub("#", text).split())


def _numbers(text):
    return [float(n.replace(",", "").replace("\N{MINUS SIGN}", "-")) for n in NUMBER.findall(text)]
