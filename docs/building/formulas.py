r"""Formulas that read better in LaTeX than in a docstring: a row for each name.

Most names need no row, because their docstring shows the formula. Here ``dy`` stands for ``dout``.
Tests read the lines, compute them, and compare with the code. A line is aligned at its first ``=``
or ``\leftarrow``.
"""

from __future__ import annotations

ADAM = (
    r"m \leftarrow \beta_1\,m + (1 - \beta_1)\,g",
    r"v \leftarrow \beta_2\,v + (1 - \beta_2)\,g^2",
    r"\theta \leftarrow \theta - \eta\,"
    r"\frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon}",
)
DECAY = r"g \leftarrow g + \lambda\,\theta"
SOFTMAX = r"p_{nj} = \frac{e^{s_{nj}}}{\sum_{k=1}^{C} e^{s_{nk}}}"

FORMULAS = {
    "layers.Sigmoid": (r"y = \frac{1}{1 + e^{-x}}", r"\frac{dy}{dx} = y\,(1 - y)"),
    "layers.FullyConnected": (
        r"y_{nm} = \sum_{d=1}^{D} x_{nd}\,W_{dm} + b_m",
        r"dW_{dm} = \sum_{n=1}^{N} x_{nd}\,dy_{nm}",
        r"db_m = \sum_{n=1}^{N} dy_{nm}",
        r"dx_{nd} = \sum_{m=1}^{M} dy_{nm}\,W_{dm}",
    ),
    "layers.Embedding": (
        r"y_{ntd} = W_{i_{nt} d}",
        r"dW_{vd} = \sum_{n=1}^{N} \sum_{t=1}^{T} [i_{nt} = v]\,dy_{ntd}",
    ),
    "layers.MeanEmbedding": (
        r"c_n = \sum_{t=1}^{T} [i_{nt} \ne p]",
        r"y_{nd} = \frac{1}{c_n} \sum_{t=1}^{T} [i_{nt} \ne p]\,W_{i_{nt} d}",
        r"dW_{vd} = \sum_{n=1}^{N} \sum_{t=1}^{T} "
        r"[i_{nt} \ne p]\,[i_{nt} = v]\,\frac{dy_{nd}}{c_n}",
    ),
    "layers.BatchNorm": (
        r"\mu_c = \frac{1}{N} \sum_{n=1}^{N} x_{nc}",
        r"v_c = \frac{1}{N} \sum_{n=1}^{N} (x_{nc} - \mu_c)^2",
        r"z_{nc} = \frac{x_{nc} - \mu_c}{\sqrt{v_c + \epsilon}}",
        r"y_{nc} = \gamma_c\,z_{nc} + \beta_c",
        r"d\gamma_c = \sum_{n=1}^{N} dy_{nc}\,z_{nc}",
        r"d\beta_c = \sum_{n=1}^{N} dy_{nc}",
        r"dx_{nc} = \frac{\gamma_c}{\sqrt{v_c + \epsilon}} "
        r"(dy_{nc} - \frac{d\beta_c + z_{nc}\,d\gamma_c}{N})",
    ),
    "layers.softmax": (SOFTMAX,),
    "layers.SoftmaxCE": (
        SOFTMAX,
        r"L = -\frac{1}{N} \sum_{n=1}^{N} \log(p_{n t_n})",
        r"ds_{nj} = \frac{p_{nj} - [j = t_n]}{N}",
    ),
    "layers.SigmoidCE": (
        r"a_i = \frac{1}{1 + e^{-s_i}}",
        r"L = -\frac{1}{N} \sum_{i=1}^{N} (t_i \log(a_i) + (1 - t_i) \log(1 - a_i))",
        r"ds_i = \frac{a_i - t_i}{N}",
    ),
    "layers.BinaryCE": (
        r"L = -\frac{1}{N} \sum_{i=1}^{N} (t_i \log(p_i) + (1 - t_i) \log(1 - p_i))",
        r"dp_i = \frac{1}{N} (\frac{1 - t_i}{1 - p_i} - \frac{t_i}{p_i})",
    ),
    "layers.Hinge": (
        r"h_{nj} = [j \ne t_n]\,\max(0, s_{nj} - s_{n t_n} + 1)",
        r"L = \frac{1}{N} \sum_{n=1}^{N} \sum_{j=1}^{C} h_{nj}",
        r"ds_{nj} = \frac{1}{N} ([h_{nj} > 0] - [j = t_n] \sum_{k=1}^{C} [h_{nk} > 0])",
    ),
    "optimizers.Adagrad": (
        DECAY,
        r"G \leftarrow G + g^2",
        r"\theta \leftarrow \theta - \eta\,\frac{g}{\sqrt{G} + \epsilon}",
    ),
    "optimizers.Adam": (DECAY, *ADAM),
    "optimizers.AdamW": (r"\theta \leftarrow \theta - \eta\,\lambda\,\theta", *ADAM),
    "optimizers.schedules.Cosine": (r"\eta(t) = b + (a - b)\,\frac{1 + \cos(\pi (t - 1) / n)}{2}",),
}

ADAPTIVE = {r"\eta": "learning_rate", r"\epsilon": "epsilon", r"\lambda": "weight_decay"}
BETAS = {r"\beta_1": "beta1", r"\beta_2": "beta2"}

# The letters that stand for an argument, and its name in the code.
LETTERS = {
    "layers.BatchNorm": {r"\epsilon": "epsilon"},
    "layers.MeanEmbedding": {"p": "padding"},
    "optimizers.Adagrad": ADAPTIVE,
    "optimizers.Adam": {**ADAPTIVE, **BETAS},
    "optimizers.AdamW": {**ADAPTIVE, **BETAS},
    "optimizers.schedules.Cosine": {"a": "start", "b": "stop", "n": "steps"},
}

BRACKET = r":math:`[\,\cdot\,]` is 1 if the condition inside holds, else 0."
SCORES = r":math:`s` are the scores and :math:`t` the labels; "
ENTRIES = r":math:`i` runs over all :math:`N` entries, and :math:`t` is the target."
WORDS = r":math:`i_{nt}` is the number of word :math:`t` in text :math:`n`; "
STEP = r":math:`g` is the gradient, :math:`\theta` the parameter, :math:`t` the number of the step."

# The meaning of the other letters.
NOTES = {
    "layers.FullyConnected": r"As matrices: :math:`y = x W + b`, :math:`dW = x^\top dy`, "
    r":math:`dx = dy\,W^\top`; :math:`dy` is the argument ``dout``.",
    "layers.Embedding": WORDS + BRACKET,
    "layers.MeanEmbedding": WORDS + BRACKET,
    "layers.BatchNorm": r"With images, a sum over :math:`n` is one over the pixels too.",
    "layers.softmax": r":math:`s` are the scores.",
    "layers.SoftmaxCE": SCORES + BRACKET,
    "layers.Hinge": SCORES + BRACKET,
    "layers.SigmoidCE": r":math:`s` are the scores; " + ENTRIES,
    "layers.BinaryCE": r":math:`p` are the probabilities; " + ENTRIES,
    "optimizers.Adagrad": STEP,
    "optimizers.Adam": STEP,
    "optimizers.AdamW": STEP,
    "optimizers.schedules.Cosine": r":math:`t` is the number of the step, starting at 1.",
}


def aligned(lines: tuple[str, ...]) -> str:
    r"""Formulas below each other, aligned at their relations.

    >>> aligned(("y = 2 x", "dx = 2"))
    '\\begin{aligned} y & = 2 x \\\\ dx & = 2 \\end{aligned}'
    """
    rows = r" \\ ".join(map(_cut, lines))
    return rf"\begin{{aligned}} {rows} \end{{aligned}}"


def _cut(line: str) -> str:
    sign = min((s for s in (" = ", r" \leftarrow ") if s in line), key=line.index)
    return line.replace(sign, f" &{sign}", 1)
