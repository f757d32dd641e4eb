"""A hint for each mistake: a question that leads to the answer without giving it."""

from __future__ import annotations

HINTS = {
    # a constant factor
    "missing-batch-mean": (
        "The loss is a mean over the examples: does every factor of that mean come back in the "
        "derivative?"
    ),
    "averaged-twice": (
        "The mean over the examples is taken once, in the loss: where else do you divide by the "
        "number of examples?"
    ),
    "divided-by-classes": (
        "Over what is the mean taken in forward, if there is one: over the examples, or over all "
        "entries?"
    ),
    "not-divided-by-classes": (
        "Count the numbers that forward averages over, and count those that backward divides by."
    ),
    "wrong-sign": "Differentiate once more with pencil and paper, and watch the minus signs.",
    "zero-gradient": (
        "Something between dout and this tensor is 0 everywhere: print what you multiply by."
    ),
    "factor-two-too-many": "Is there a square in forward, or half of one: what becomes of the 2?",
    "factor-two-missing": "Is there a square in forward: what becomes of the 2?",
    "constant-factor": (
        "All entries are off by the same factor: which constant of forward is missing, or used "
        "twice?"
    ),
    "common-factor": (
        "Each entry is multiplied by a number that is computed from all entries: where is the "
        "derivative of that number?"
    ),
    # biases
    "bias-not-summed": (
        "The same bias is added to every row: what does each row contribute to its gradient?"
    ),
    "bias-averaged": (
        "The bias adds to every row in full: do the rows' shares add up, or are they averaged?"
    ),
    "bias-summed-over-all": "Each unit has a bias of its own: along which axis must the sum go?",
    "bias-summed-over-units": "Which axis of dout numbers the examples, and which the units?",
    # order
    "transposed": "Write the shapes under the factors of the product: which axes are multiplied?",
    "reshaped": (
        "Reshaping keeps the order in memory and changes the axes; transposing does the opposite: "
        "which of the two do you need?"
    ),
    "reordered": "Follow one single number through forward, and then back through backward.",
    "not-reshaped-back": "What shape did x have when it came in?",
    "extra-axis": "Compare the shape of the gradient with that of the parameter, axis by axis.",
    "weight-not-transposed": (
        "Forward multiplies by W to get from x to y: which matrix takes dout back to x?"
    ),
    # derivatives
    "derivative-missing": (
        "dout is the gradient of the output: what does the chain rule multiply it by on the way "
        "back through the function?"
    ),
    "derivative-twice": "The chain rule has one factor for each function: is one counted twice?",
    "derivative-of-input": "Is the formula that you use written in terms of x, or of y = f(x)?",
    "derivative-of-output": "Is the formula that you use written in terms of y, or of x?",
    "derivative-of-dout": "The slope belongs to the point where forward was: which point is that?",
    "derivative-inverted": "Which way does the chain rule go: dx = dout dy/dx, or dout dx/dy?",
    "derivative-one-sided": (
        "The function has two branches: what is the slope of each, and which is used where?"
    ),
    "wrong-derivative": "Differentiate the formula of forward by hand, and compare line by line.",
    "jacobian-diagonal-only": (
        "Each output depends on more inputs than its own, on all of its row or its column: where "
        "are the mixed derivatives?"
    ),
    # ways from a tensor to the output
    "path-missing": (
        "The input acts on the output in several ways, by itself and through what is computed "
        "from it: which of these ways has no gradient?"
    ),
    "path-twice": "How many ways lead from the input to the output, and how often is each counted?",
    "wrong-axis": "Along which axis does forward take its sum or mean, and along which backward?",
    "flow-missing": (
        "One entry acts on several outputs: does each of them send its share back, and is each "
        "share added to the others?"
    ),
    "parameter-missing": ("Forward multiplies by this parameter: where is it in the derivative?"),
    "weight-reversed": "Which weight did each entry meet in forward, and which in backward?",
    # masks
    "mask-missing": "Where forward lets nothing through, what can flow back?",
    "mask-from-dout": "What decides whether a unit was active: its input, or dout?",
    "mask-inverted": "Take one entry that forward passes on unchanged: does its gradient pass?",
    "negative-slope-missing": "What is the slope of the function to the left of 0?",
    "another-mask": (
        "The gradient has to flow where the values did: is it the same mask in both passes?"
    ),
    "dropout-not-scaled": "Forward does two things to what it keeps: does backward do both?",
    "dropout-scaled-twice": (
        "How often does forward divide by the share of kept entries, how often backward?"
    ),
    # losses
    "not-minus-one-hot": (
        "The loss falls when the score of the correct class rises: where does your gradient use "
        "the labels?"
    ),
    "plus-one-hot": "Should a higher score of the correct class make the loss larger or smaller?",
    "softmax-missing": "The scores of the wrong classes count too, through the sum in the softmax.",
    "one-hot-in-every-row": "How many entries does your index choose: one in each row, or more?",
    "mean-of-one-part": "The gradient has two terms, and the mean over the batch concerns both.",
    "double-softmax": "How often do scores become probabilities on their way to the loss?",
    "target-missing": "If the outputs were equal to the targets, what should the gradient be?",
    "weights-ignored": "Forward weighs the examples: where do the weights appear in backward?",
    "broadcast": "Print the shape of the difference: is there one number for each example?",
    # sums and shares
    "examples-missing": "Each example adds its share: does your product run over all of them?",
    "duplicates-overwritten": (
        "One row may be used several times in a batch: what happens to the first share when the "
        "second arrives?"
    ),
    "output-forgotten": "The input acts on every output: does a gradient come back from each?",
    "share-missing": "The parameter is used more than once: what becomes of each share?",
    "gradient-of-another": "Which of the inputs does this derivative belong to?",
    "regularizer-factor": (
        "Compare the penalty that forward adds with the one that you differentiate, factor by "
        "factor."
    ),
    "regularizer-on-bias": "Which parameters are in the penalty of the loss, and which are not?",
    # caches and writes in place
    "stale-cache": "Which forward call does backward belong to, and when is its cache stored?",
    "updated-before-dx": (
        "With which parameters was the output computed, and with which is its gradient?"
    ),
    "mutates-input": "These numbers belong to the caller, who may still need them.",
    "overwrites": "Who else still uses the array that you write into?",
    "cache-changed": "Backward may be called again: what has become of its cache by then?",
    "cache-overwritten": (
        "The layer stores the values of one forward call: which call does the second backward need?"
    ),
    "accumulates": "What is in the gradient before you begin to add?",
    "not-repeatable": "Where do the random numbers come from? Can the same ones be drawn again?",
    "ignores-dout": "If the loss were twice as large, what would become of your gradient?",
    # form
    "wrong-return": "Look up what backward must return: the gradient of x and a dict.",
    "wrong-keys": "The optimizer looks gradients up under the names in params.",
    "not-floating": "Can an integer parameter take a small step?",
    "wrong-shape": "A gradient has one number for each entry of its tensor.",
    "wrong-output": "The next layer computes with this output: what type and dtype does it need?",
    "not-finite": "Look for a division by 0, a logarithm of 0 or an exp of something large.",
    "missing-gradient": "For how many inputs does forward need a gradient to flow back?",
    "changes-shape": "The same input should give an output of the same shape each time.",
    "forward-raises": "Run forward by itself on this input, and read the last line of the error.",
    "backward-raises": "Write down the shape of every factor in backward, and compare.",
    # nets
    "layer-skipped": "Each layer that forward went through has to be gone through on the way back.",
    "chain-broken": "What dout does the layer before get: the gradient of its own output?",
    "gradient-misplaced": "Follow the names: which layer does each gradient come from?",
    # besides the gradient
    "overflow": "What is the largest number on the way, and can the formula be written without it?",
    "random-inference": "Should the same image get a different answer the second time?",
    "batch-dependent-inference": "Should an output depend on the other examples of the batch?",
    "float32-lost": "Which number on the way is float64, and makes every later step slower?",
    "depends-on-layout": (
        "If an array is not contiguous, reshape(-1) copies it: where do you write into the copy, "
        "or read numbers in memory order?"
    ),
    "unexplained": (
        "Shrink the problem until you can work it out by hand: one example, two features, small "
        "integers."
    ),
}
