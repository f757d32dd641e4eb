"""What the names of arguments ask for: sizes, arrays of certain shapes, options."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from layers.gradcheck.forms.argument_roles import plain
from layers.gradcheck.forms.parameter_updates import UnitStep
from layers.gradcheck.forms.training_mode import INFERENCE, TRAINING

WEIGHTS = re.compile(r"w(eights?)?(\d|[a-z]{0,2}|curr|prev|in|out)\d?")
BIASES = re.compile(r"b(ias(es)?)?(\d|[a-z]{0,2}|curr|prev|in|out)\d?")

SIZE_IN = (
    "infeatures indim inputsize inputdim nin fanin ninputs numinputs inputs numfeatures nfeatures "
    "features insize inputlen dim d din inputunits unitsprev embeddim embeddingdim dmodel nx "
    "inputdims inputfeatures nfeaturesin inputnodes numin sizein inneurons inputneurons dimension"
)
SIZE_OUT = (
    "outfeatures outdim outputsize outputdim nout fanout nneurons outputs numoutputs noutputs "
    "neurons units nunits numunits outsize nodes m dout outputunits unitscurr numneurons "
    "nodescount hiddensize hiddendim h nh hidden numclasses nclasses classes outputnodes numout "
    "sizeout ny na outneurons outputneurons numhidden nhidden wordvecsize"
)
CHANNELS_IN = (
    "indepth inputdepth inch inchannels inputchannels channels inchannel nchannels channelsin "
    "numchannels"
)
CHANNELS_OUT = (
    "depth layerdepth outdepth outch outchannels outputchannels outchannel numfilters nfilters "
    "filters nfilter kernels"
)
KERNEL = (
    "filtershape paramsize kernelwidth kernelsize filtersize ksize kernel f kernelh kernelw "
    "hfilter wfilter filterh filterw fh fw kernelshape filterheight filterwidth k"
)
POOL = "poolsize size poolh poolw poolshape poolheight poolwidth pool"
SHARES = "p prob dropprob keepprob rate ratio dropoutratio dropoutrate dropout probability keep"
SMALL = "reg lambd lambda regstrength l2 regularization weightdecay l1 lam"
VOCABULARY = "vocabsize vocabularysize numembeddings v vocab numwords vocabulary"
EPSILONS = "eps epsilon"


SIZES_IN = frozenset(SIZE_IN.split())


def words(names: str, *values: Any) -> dict[str, tuple[Any, ...]]:
    """A table in which each of these names has the same values to try."""
    return dict.fromkeys(names.split(), values)


# Shapes of arrays in letters, one letter an axis, in the order in which they are tried.
ARRAYS = {
    **words(
        "w weight weights kernel kernels wt theta wmat param",
        "DM",
        "MD",
        "FCKK",
        "KKCF",
        "VD",
        "D1",
    ),
    **words("filters filter", "FCKK", "KKCF", "FKK"),
    **words("b bias biases", "M", "1M", "M1", "F", "111F", "F1", "Q", "1Q", "Q1", "R", ""),
    **words("runningmean runningvar movingmean movingvar", "D", "1D", "D1", "C"),
    **words("gamma beta scale shift", "D", "1D", "D1", "C", "1C11"),
    **words("wx wax u", "DM", "DQ", "DR", "MD"),
    **words("wy wya why", "MM"),
    **words("wh waa wrec", "MM", "MQ", "MR"),
    **words("prevh hprev hprevt hprevl h0 h prevc cprev c0 c hidden aprev a0 state", "NM", "MN"),
    **words("wembed embedding embeddings", "VD"),
}
OPTIONS: dict[str, tuple[Any, ...]] = {
    **words("bnparam lnparam", {"mode": "train"}),
    **words("gnparam", {}),
    **words("dropoutparam", {"mode": "train", "p": 0.5, "seed": 0}),
    **words("convparam", {"stride": 1, "pad": 1}),
    **words("poolparam", {"pool_height": 2, "pool_width": 2, "stride": 2}),
    **words("hparameters hparam", {"stride": 1, "pad": 1, "f": 2}),
    **words(SMALL, 0.1),
    **words(SHARES, 0.5),
    **words(EPSILONS, 1e-5),
    **words("momentum", 0.9),
    **words("alpha slope negativeslope lr learningrate", 0.1),
    **words("stride strides s", 1, 2, (1, 1)),
    **words("pad padding", 1, 0, "valid"),
    **words(KERNEL, 3, (3, 3)),
    **words(POOL, 2, (2, 2)),
    **words("g groups numgroups nheads numheads heads", 1),
    **words("upsamplingfactor downsamplingfactor factor scalefactor", 2),
    **words("hiddensizelist hiddendims hiddensizes hiddenlayers", [5]),
    **words("seed", 0),
    **words("mode", "train", "max", "average"),
    **words("activation act nonlinearity activationfunction func fn", "relu", "sigmoid", np.tanh),
    **words(
        "activationprime activationderivative dactivation fprime", lambda x: 1 - np.tanh(x) ** 2
    ),
    **words("optimizer opt", UnitStep()),
    **words(VOCABULARY, 6),
    **words("axis", -1, 0, 1),
    **words("debug verbose usegpu", False),
    **dict.fromkeys(TRAINING, (True,)),
    **dict.fromkeys(INFERENCE, (False,)),
}


def shapes_of(name: str) -> tuple[str, ...]:
    """The shapes of an array of this name: W1, W_curr and bh are weights and a bias."""
    word = plain(name)
    if word in ARRAYS:
        return ARRAYS[word]
    if WEIGHTS.fullmatch(word):
        return ("MM", *ARRAYS["w"], "MP")
    return ARRAYS["b"] if BIASES.fullmatch(word) else ()
