"""A hint for each mistake: a question that leads to the answer without giving it."""

from __future__ import annotations

GRADIENTS = {
    # a constant factor
    "missing-batch-mean": "The loss is a mean: does its 1 / N come back in the derivative?",
    "averaged-twice": "The mean is taken once, in the loss: where else do you divide by N?",
    "divided-by-classes": "Over what does forward average, if it does: examples or all entries?",
    "not-divided-by-classes": "How many numbers does forward average? By what do you divide?",
    "wrong-sign": "Differentiate once more with pencil and paper, and watch the minus signs.",
    "zero-gradient": "A factor between dout and this tensor is 0 everywhere: print each one.",
    "factor-two-too-many": "Is there a square in forward, or half of one: what becomes of the 2?",
    "factor-two-missing": "Is there a square in forward: what becomes of the 2?",
    "constant-factor": "All entries share one wrong factor: which constant is missing or doubled?",
    "common-factor": "A factor is computed from all entries: where is its own derivative?",
    # biases
    "bias-not-summed": "The bias is added to every row: what does each row give to its gradient?",
    "bias-averaged": "The bias adds to every row in full: are the rows summed, or averaged?",
    "bias-summed-over-all": "Each unit has a bias of its own: along which axis must the sum go?",
    "bias-summed-over-units": "Which axis of dout numbers the examples, and which the units?",
    # order
    "transposed": "Write the shapes under the factors of the product: which axes are multiplied?",
    "reshaped": "Transposing moves entries, reshaping only regroups them: which do you need?",
    "reordered": "Follow one single number through forward, and then back through backward.",
    "not-reshaped-back": "What shape did x have when it came in?",
    "extra-axis": "Compare the shape of the gradient with that of the parameter, axis by axis.",
    "missing-axis": "Does your sum keep its axis, so that the shape stays that of the parameter?",
    "weight-not-transposed": "Forward multiplies by W: which matrix takes dout back to x?",
    # derivatives
    "derivative-missing": "By what does the chain rule multiply dout on its way through f?",
    "derivative-twice": "The chain rule has one factor for each function: is one counted twice?",
    "derivative-of-input": "Is the formula that you use written in terms of x, or of y = f(x)?",
    "derivative-of-output": "Is the formula that you use written in terms of y, or of x?",
    "derivative-of-dout": "The slope belongs to the point where forward was: which point is that?",
    "derivative-inverted": "Which way does the chain rule go: dx = dout dy/dx, or dout dx/dy?",
    "derivative-one-sided": "The function has two branches: what is the slope of each of them?",
    "wrong-derivative": "Differentiate the formula of forward by hand, and compare line by line.",
    "jacobian-diagonal-only": "Each output depends on more than its own input: where is the rest?",
    # ways from a tensor to the output
    "path-missing": "The input acts in several ways: which of them has no gradient?",
    "path-twice": "How many ways lead from the input to the output, and how often is each counted?",
    "path-factor": "How often does each path lead to the output, and with which sign and factor?",
    "softmax-sum-missing": "Each probability depends on all scores of its row: where is the sum?",
    "time-path": "What does a step hand to the next one, and does a gradient come back for each?",
    "cell-path-missing": "The state h is computed from the cell c: what does dh add to dc?",
    "gates-reordered": "In which order does forward split the columns, and backward join them?",
    "off-by-one-step": "Which state did this step multiply: the one before it, or its own?",
    "wrong-axis": "Along which axis does forward take its sum or mean, and along which backward?",
    "flow-missing": "One entry acts on several outputs: is the share of each one added?",
    "parameter-missing": ("Forward multiplies by this parameter: where is it in the derivative?"),
    "weight-reversed": "Which weight did each entry meet in forward, and which in backward?",
    # windows
    "stride-ignored": "How far apart are two windows in forward, and how far in backward?",
    "padding-forgotten": "Which pixel of x is the first of the padded image that is not a zero?",
    "channels-mixed": "Which axis of the kernels goes with the channels of x, and which with y?",
    "gradient-to-all-ties": "Two entries are equally large: how many of them does y follow?",
    # masks
    "mask-missing": "Where forward lets nothing through, what can flow back?",
    "mask-from-dout": "What decides whether a unit was active: its input, or dout?",
    "mask-inverted": "Take one entry that forward passes on unchanged: does its gradient pass?",
    "negative-slope-missing": "What is the slope of the function to the left of 0?",
    "another-mask": "The gradient flows where the values did: do both passes use one mask?",
    "dropout-not-scaled": "Forward does two things to what it keeps: does backward do both?",
    "dropout-scaled-twice": "Which pass divides by the share of kept entries, and how often?",
    # losses
    "not-minus-one-hot": "Where does your gradient use which class is the correct one?",
    "plus-one-hot": "Should a higher score of the correct class make the loss larger or smaller?",
    "softmax-missing": "The scores of the wrong classes count too, through the sum in the softmax.",
    "one-hot-in-every-row": "How many entries does your index choose: one in each row, or more?",
    "mean-of-one-part": "The gradient has two terms, and the mean over the batch concerns both.",
    "epsilon-missing": "Is the logarithm taken of p, or of p plus something small?",
    "sign-missing": "Which way does the absolute value slope on each side of 0?",
    "target-missing": "If the outputs were equal to the targets, what should the gradient be?",
    "weights-ignored": "Forward weighs the examples: where do the weights appear in backward?",
    # sums and shares
    "examples-missing": "Each example adds its share: does your product run over all of them?",
    "duplicates-overwritten": "If a row is used twice, what happens to its first share?",
    "output-forgotten": "The input acts on every output: does a gradient come back from each?",
    "share-missing": "The parameter is used more than once: what becomes of each share?",
    "gradient-of-another": "Which of the inputs does this derivative belong to?",
    "regularizer-factor": "Compare the penalty with its derivative, factor by factor.",
    "regularizer-on-bias": "Which parameters are in the penalty of the loss, and which are not?",
    # caches and writes in place
    "updated-before-dx": "Was the output computed with the parameters that dx is computed with?",
    "cache-overwritten": "The cache holds one call: which call does this backward belong to?",
    # form
    "not-finite": "Look for a division by 0, a logarithm of 0 or an exp of something large.",
    # nets
    "layer-skipped": "Each layer that forward went through has to be gone through on the way back.",
    "chain-broken": "What dout does the layer before get: the gradient of its own output?",
    "gradient-misplaced": "Follow the names: which layer does each gradient come from?",
    # besides the gradient
    "unexplained": "Shrink it until you can do it by hand: one example, two small features.",
}
# What a layer promises besides the gradient.
LAWS = {
    "mutates-input": "These numbers belong to the caller, who may still need them.",
    "overwrites": "Who else still uses the array that you write into?",
    "cache-changed": "Backward may be called again: what has become of its cache by then?",
    "accumulates": "What is in the gradient before you begin to add?",
    "differs-by-call": "What does the first call store, and which later call reads it?",
    "not-repeatable": "Where do the random numbers come from? Can the same ones be drawn again?",
    "running-statistics": "In training, which mean does forward subtract: whose numbers are in it?",
    "changes-in-predict": "What may an example that is only asked about change in the layer?",
    "changes-shape": "The same input should give an output of the same shape each time.",
    "stale-cache": "Which forward call does backward belong to, and when is its cache stored?",
    "ignores-dout": "If the loss were twice as large, what would become of your gradient?",
    "wrong-return": "Look up what backward must return: the gradient of x and a dict.",
    "wrong-keys": "The optimizer looks gradients up under the names in params.",
    "wrong-shape": "A gradient has one number for each entry of its tensor.",
    "wrong-output": "The next layer computes with this output: what type and dtype does it need?",
    "not-floating": "Can an integer parameter take a small step?",
    "missing-gradient": "For how many inputs does forward need a gradient to flow back?",
    "forward-raises": "Run only forward on this input, and read the last line of the error.",
    "backward-raises": "Write down the shape of every factor in backward, and compare.",
    "broadcast": "Print the shape of the difference: is there one number for each example?",
    "double-softmax": "How often do scores become probabilities on their way to the loss?",
}
# Worth knowing; does not fail a check.
ADVICE = {
    "overflow": "What is the largest number on the way, and can the formula be written without it?",
    "random-inference": "Should the same image get a different answer the second time?",
    "batch-dependent-inference": "Should an output depend on the other examples of the batch?",
    "float32-lost": "Which number on the way is float64, and makes every later step slower?",
    "depends-on-layout": "reshape(-1) may copy: do you write into a copy, or read memory order?",
    "no-input-gradient": "Is there ever a layer before this one, which would need dx?",
    "epsilon-in-forward": "Where p comes close to that epsilon, which of the two do you mean?",
}
HINTS = {**GRADIENTS, **LAWS, **ADVICE}
