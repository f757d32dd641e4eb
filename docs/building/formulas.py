r"""The formulas of the pages, one row a name and one line a formula, in LaTeX.

They say what the docstrings say in letters, with ``dy`` for ``dout``; tests read the lines and
compute them, and compare with the code. A line is aligned at its first ``=`` or ``\leftarrow``.
"""

from __future__ import annotations

RELU_SLOPE = r"\frac{dy}{dx} = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}"
DECAY = r"g \leftarrow g + \lambda\,\theta"
ADAM = (
    r"m \leftarrow \beta_1\,m + (1 - \beta_1)\,g",
    r"v \leftarrow \beta_2\,v + (1 - \beta_2)\,g^2",
    r"\theta \leftarrow \theta - \eta\,"
    r"\frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon}",
)
SOFTMAX = r"p_{nj} = \frac{e^{s_{nj}}}{\sum_{k=1}^{C} e^{s_{nk}}}"

ACTIVATIONS = {
    "layers.ReLU": (r"y = \max(0, x)", RELU_SLOPE),
    "layers.LeakyReLU": (
        r"y = \max(x, k x)",
        r"\frac{dy}{dx} = \begin{cases} 1 & x > 0 \\ k & x \le 0 \end{cases}",
    ),
    "layers.ELU": (
        r"y = \begin{cases} x & x > 0 \\ a\,(e^x - 1) & x \le 0 \end{cases}",
        r"\frac{dy}{dx} = \begin{cases} 1 & x > 0 \\ y + a & x \le 0 \end{cases}",
    ),
    "layers.GELU": (
        r"y = x\,\Phi(x)",
        r"\frac{dy}{dx} = \Phi(x) + x\,\frac{e^{-x^2 / 2}}{\sqrt{2 \pi}}",
    ),
    "layers.Softplus": (r"y = \log(1 + e^x)", r"\frac{dy}{dx} = \frac{1}{1 + e^{-x}}"),
    "layers.Sigmoid": (r"y = \frac{1}{1 + e^{-x}}", r"\frac{dy}{dx} = y\,(1 - y)"),
    "layers.Tanh": (r"y = \tanh(x)", r"\frac{dy}{dx} = 1 - y^2"),
    "layers.HardTanh": (
        r"y = \max(-1, \min(x, 1))",
        r"\frac{dy}{dx} = \begin{cases} 1 & -1 < x < 1 \\ 0 & \text{else} \end{cases}",
    ),
    "layers.Sign": (
        r"y = \begin{cases} -1 & x < 0 \\ 0 & x = 0 \\ 1 & x > 0 \end{cases}",
        r"\frac{dy}{dx} = 0",
    ),
    "layers.Exp": (r"y = e^x", r"\frac{dy}{dx} = y"),
    "layers.Log": (r"y = \log(x)", r"\frac{dy}{dx} = \frac{1}{x}"),
    "layers.Sin": (r"y = \sin(x)", r"\frac{dy}{dx} = \cos(x)"),
    "layers.Reciprocal": (r"y = \frac{1}{x}", r"\frac{dy}{dx} = -y^2"),
    "layers.AddConstant": (r"y = c + x", r"\frac{dy}{dx} = 1"),
    "layers.MultiplyConstant": (r"y = a x", r"\frac{dy}{dx} = a"),
}

LAYERS = {
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
    "layers.Mean": (
        r"y_{nd} = \frac{1}{T} \sum_{t=1}^{T} x_{ntd}",
        r"dx_{ntd} = \frac{dy_{nd}}{T}",
    ),
    "layers.Dropout": (
        r"m_i = \begin{cases} 0 & \text{with probability } p \\ "
        r"1 / (1 - p) & \text{else} \end{cases}",
        r"y_i = m_i\,x_i",
        r"dx_i = m_i\,dy_i",
    ),
    "layers.Flatten": (r"y_{n, kL + l} = x_{nkl}", r"dx_{nkl} = dy_{n, kL + l}"),
    "layers.Add": (r"y = x_0 + x_1 + \dots", r"dx_i = dy"),
    "layers.Multiply": (r"y = x_0\,x_1 \cdots", r"dx_i = dy \prod_{j \ne i} x_j"),
    "layers.Max": (
        r"y = \max(x_0, x_1, \dots)",
        r"dx_i = \frac{[x_i = y]}{\sum_j [x_j = y]}\,dy",
    ),
    "layers.Copy": (r"y_0 = y_1 = \dots = x", r"dx = dy_0 + dy_1 + \dots"),
    "layers.Concat": (
        r"y = (x_0 \mid x_1 \mid \dots)",
        r"(dx_0 \mid dx_1 \mid \dots) = dy",
    ),
}

LOSSES = {
    "layers.SoftmaxCE": (
        SOFTMAX,
        r"L = -\frac{1}{N} \sum_{n=1}^{N} \log(p_{n t_n})",
        r"ds_{nj} = \frac{p_{nj} - [j = t_n]}{N}",
    ),
    "layers.softmax": (SOFTMAX,),
    "layers.SigmoidCE": (
        r"a_i = \frac{1}{1 + e^{-s_i}}",
        r"L = -\frac{1}{N} \sum_{i=1}^{N} (t_i \log(a_i) + (1 - t_i) \log(1 - a_i))",
        r"ds_i = \frac{a_i - t_i}{N}",
    ),
    "layers.BinaryCE": (
        r"L = -\frac{1}{N} \sum_{i=1}^{N} (t_i \log(p_i) + (1 - t_i) \log(1 - p_i))",
        r"dp_i = \frac{1}{N} (\frac{1 - t_i}{1 - p_i} - \frac{t_i}{p_i})",
    ),
    "layers.MSE": (
        r"L = \frac{1}{N} \sum_{i=1}^{N} (y_i - t_i)^2",
        r"dy_i = \frac{2}{N} (y_i - t_i)",
    ),
    "layers.Hinge": (
        r"h_{nj} = [j \ne t_n]\,\max(0, s_{nj} - s_{n t_n} + 1)",
        r"L = \frac{1}{N} \sum_{n=1}^{N} \sum_{j=1}^{C} h_{nj}",
        r"ds_{nj} = \frac{1}{N} ([h_{nj} > 0] - [j = t_n] \sum_{k=1}^{C} [h_{nk} > 0])",
    ),
    "nets.L1": (r"R = \lambda \sum_{i} |w_i|", r"dw_i = \lambda\,\operatorname{sign}(w_i)"),
    "nets.L2": (r"R = \frac{\lambda}{2} \sum_{i} w_i^2", r"dw_i = \lambda\,w_i"),
}

INITIALIZERS = {
    "layers.uniform": (r"W_{dm} \sim U[-a, a]",),
    "layers.xavier_uniform": (r"W_{dm} \sim U[-a, a]", r"a = \sqrt{\frac{6}{D + M}}"),
    "layers.xavier_normal": (r"W_{dm} \sim N(0, \sigma^2)", r"\sigma = \sqrt{\frac{2}{D + M}}"),
    "layers.he_uniform": (r"W_{dm} \sim U[-a, a]", r"a = \sqrt{\frac{6}{D}}"),
    "layers.he_normal": (r"W_{dm} \sim N(0, \sigma^2)", r"\sigma = \sqrt{\frac{2}{D}}"),
    "layers.zeros": (r"W_{dm} = 0",),
}

OPTIMIZERS = {
    "optimizers.SGD": (
        DECAY,
        r"v \leftarrow \mu\,v + g",
        r"\theta \leftarrow \theta - \eta\,v",
    ),
    "optimizers.Adagrad": (
        DECAY,
        r"G \leftarrow G + g^2",
        r"\theta \leftarrow \theta - \eta\,\frac{g}{\sqrt{G} + \epsilon}",
    ),
    "optimizers.Adadelta": (
        DECAY,
        r"v \leftarrow \rho\,v + (1 - \rho)\,g^2",
        r"\delta = \frac{\sqrt{u + \epsilon}}{\sqrt{v + \epsilon}}\,g",
        r"u \leftarrow \rho\,u + (1 - \rho)\,\delta^2",
        r"\theta \leftarrow \theta - \eta\,\delta",
    ),
    "optimizers.RMSProp": (
        DECAY,
        r"v \leftarrow \alpha\,v + (1 - \alpha)\,g^2",
        r"\theta \leftarrow \theta - \eta\,\frac{g}{\sqrt{v} + \epsilon}",
    ),
    "optimizers.Adam": (DECAY, *ADAM),
    "optimizers.AdamW": (r"\theta \leftarrow \theta - \eta\,\lambda\,\theta", *ADAM),
    "optimizers.Adafactor": (
        r"\beta = 1 - t^{\gamma}",
        r"r_i \leftarrow \beta\,r_i + (1 - \beta)\,\frac{1}{M} \sum_{j=1}^{M} g_{ij}^2",
        r"c_j \leftarrow \beta\,c_j + (1 - \beta)\,\frac{1}{N} \sum_{i=1}^{N} g_{ij}^2",
        r"v_{ij} = \frac{r_i\,c_j}{\frac{1}{N} \sum_{k=1}^{N} r_k}",
        r"u_{ij} = \frac{g_{ij}}{\max(\sqrt{v_{ij}}, \epsilon_1)}",
        r"z = \max(\epsilon_2, \operatorname{rms}(\theta))\,\min(\eta, \frac{1}{\sqrt{t}})",
        r"\theta \leftarrow \theta - \eta\,\lambda\,\theta",
        r"\theta \leftarrow \theta - z\,\frac{u}{\max(1, \operatorname{rms}(u) / d)}",
    ),
    "optimizers.look_ahead": (
        r"v \leftarrow \mu\,v + \eta\,J'(\theta - \mu\,v)",
        r"\theta \leftarrow \theta - v",
    ),
    "optimizers.clip_by_norm": (r"g \leftarrow g\,\min(1, \frac{c}{\|g\|})",),
    "optimizers.clip_by_value": (r"g \leftarrow \max(-c, \min(g, c))",),
}

SCHEDULES = {
    "optimizers.schedules.Cosine": (r"\eta(t) = b + (a - b)\,\frac{1 + \cos(\pi (t - 1) / n)}{2}",),
    "optimizers.schedules.Exponential": (r"\eta(t) = a\,f^{t - 1}",),
    "optimizers.schedules.InverseTime": (r"\eta(t) = \frac{a}{1 + k\,(t - 1)}",),
    "optimizers.schedules.Linear": (r"\eta(t) = a + (b - a)\,\frac{t - 1}{n}",),
    "optimizers.schedules.StepDecay": (r"\eta(t) = a\,f^{\lfloor (t - 1) / n \rfloor}",),
    "optimizers.schedules.Warmup": (
        r"\eta(t) = \begin{cases} \eta_1\,t / n & t \le n \\ \eta(t - n + 1) & t > n \end{cases}",
    ),
    "optimizers.schedules.Then": (
        r"\eta(t) = \begin{cases} \eta_1(t) & t \le n \\ \eta_2(t - n) & t > n \end{cases}",
    ),
}

OTHERS = {
    "nets.differentiation.forward_difference": (r"f'(x) \approx \frac{f(x + h) - f(x)}{h}",),
    "nets.differentiation.centred_difference": (r"f'(x) \approx \frac{f(x + h) - f(x - h)}{2 h}",),
    "nets.differentiation.complex_step": (r"f'(x) \approx \frac{\operatorname{Im} f(x + i h)}{h}",),
    "nets.differentiation.Dual": (r"f(a + b\,\varepsilon) = f(a) + b\,f'(a)\,\varepsilon",),
    "nets.text.perplexity": (
        r"P = \exp(\frac{1}{N} \sum_{n=1}^{N} -\log P(w_n \mid \text{window}_n))",
    ),
}

FORMULAS = {
    **ACTIVATIONS,
    **LAYERS,
    **LOSSES,
    **INITIALIZERS,
    **OPTIMIZERS,
    **SCHEDULES,
    **OTHERS,
}


def aligned(lines: tuple[str, ...]) -> str:
    r"""Formulas one below the other, aligned where each says what it is about.

    >>> aligned(("y = 2 x", "dx = 2"))
    '\\begin{aligned} y & = 2 x \\\\ dx & = 2 \\end{aligned}'
    """
    rows = r" \\ ".join(map(_cut, lines))
    return rf"\begin{{aligned}} {rows} \end{{aligned}}"


def _cut(line: str) -> str:
    signs = (" = ", r" \leftarrow ", r" \sim ", r" \approx ")
    sign = min((s for s in signs if s in line), key=line.index)
    return line.replace(sign, f" &{sign}", 1)


SETTINGS = {
    r"\eta": "learning_rate",
    r"\lambda": "weight_decay",
    r"\mu": "momentum",
    r"\rho": "rho",
    r"\alpha": "alpha",
    r"\beta_1": "beta1",
    r"\beta_2": "beta2",
    r"\gamma": "beta2_decay",
    r"\epsilon": "epsilon",
    r"\epsilon_1": "epsilon1",
    r"\epsilon_2": "epsilon2",
}
CURVE = {"a": "start", "b": "stop", "n": "steps"}

# The letters that stand for an argument of the same page, and what that is called in the code.
LETTERS = {
    "layers.LeakyReLU": {"k": "negative_slope"},
    "layers.ELU": {"a": "alpha"},
    "layers.AddConstant": {"c": "c"},
    "layers.MultiplyConstant": {"a": "a"},
    "layers.Dropout": {"p": "p"},
    "layers.MeanEmbedding": {"p": "padding"},
    "layers.uniform": {"a": "scale"},
    "nets.L1": {r"\lambda": "strength"},
    "nets.L2": {r"\lambda": "strength"},
    **{
        name: {letter: SETTINGS[letter] for letter in letters.split()}
        for name, letters in {
            "optimizers.SGD": r"\eta \mu \lambda",
            "optimizers.Adagrad": r"\eta \epsilon \lambda",
            "optimizers.Adadelta": r"\eta \rho \epsilon \lambda",
            "optimizers.RMSProp": r"\eta \alpha \epsilon \lambda",
            "optimizers.Adam": r"\eta \beta_1 \beta_2 \epsilon \lambda",
            "optimizers.AdamW": r"\eta \beta_1 \beta_2 \epsilon \lambda",
        }.items()
    },
    "optimizers.Adafactor": {
        **{x: SETTINGS[x] for x in (r"\eta", r"\gamma", r"\epsilon_1", r"\epsilon_2")},
        "d": "d",
        r"\lambda": "weight_decay",
    },
    "optimizers.clip_by_norm": {"c": "max_norm"},
    "optimizers.clip_by_value": {"c": "limit"},
    "optimizers.schedules.Cosine": CURVE,
    "optimizers.schedules.Linear": CURVE,
    "optimizers.schedules.Exponential": {"a": "start", "f": "factor"},
    "optimizers.schedules.InverseTime": {"a": "start", "k": "decay"},
    "optimizers.schedules.StepDecay": {"a": "start", "f": "factor", "n": "every"},
    "optimizers.schedules.Warmup": {"n": "steps"},
    "optimizers.schedules.Then": {"n": "steps"},
}

BRACKET = r":math:`[\,\cdot\,]` is 1 where what it says is true, else 0."
SCORES = r":math:`s` are the scores and :math:`t` the labels; "
ENTRIES = r":math:`i` runs over all :math:`N` entries, and :math:`t` is the target."
WORDS = r":math:`i_{nt}` is the number of word :math:`t` of text :math:`n`; "
STEP = r":math:`g` is the gradient, :math:`\theta` the parameter, :math:`t` the number of the step."

# What else the letters mean.
NOTES = {
    "layers.FullyConnected": r"In matrices: :math:`y = x W + b`, :math:`dW = x^\top dy`, "
    r":math:`dx = dy\,W^\top`; :math:`dy` is the argument ``dout``.",
    "layers.Embedding": WORDS + BRACKET,
    "layers.MeanEmbedding": WORDS + BRACKET,
    "layers.Max": BRACKET,
    "layers.Flatten": r"For x of shape (N, K, L): rows are laid end to end.",
    "layers.Concat": r"The bar joins arrays along the axis.",
    "layers.SoftmaxCE": SCORES + BRACKET,
    "layers.softmax": r":math:`s` are the scores.",
    "layers.Hinge": SCORES + BRACKET,
    "layers.SigmoidCE": r":math:`s` are the scores; " + ENTRIES,
    "layers.BinaryCE": r":math:`p` are the probabilities; " + ENTRIES,
    "layers.MSE": ENTRIES,
    **dict.fromkeys(INITIALIZERS, r"W has the shape (D, M)."),
    **dict.fromkeys(list(OPTIMIZERS)[:7], STEP),
    "optimizers.Adafactor": STEP
    + r" :math:`g` is a matrix of :math:`N` rows and :math:`M` columns.",
    "optimizers.look_ahead": r":math:`J'` is the gradient, :math:`\mu` the momentum and "
    r":math:`\eta` the learning rate of the optimizer.",
    **dict.fromkeys(SCHEDULES, r":math:`t` is the number of the step, from 1 on."),
    "optimizers.schedules.Warmup": r":math:`t` is the number of the step, from 1 on, and the "
    r":math:`\eta` to the right is ``after``, with :math:`\eta_1` its first value.",
    "optimizers.schedules.Then": r":math:`t` is the number of the step, from 1 on; "
    r":math:`\eta_1` is ``first`` and :math:`\eta_2` is ``after``.",
}
