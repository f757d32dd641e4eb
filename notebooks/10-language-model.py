# %% [markdown]
# # 10. Word vectors and the neural language model
#
# A language model says which word comes next. The feed-forward one looks at the last few words: it
# takes a vector for each, lays them side by side, and sends them through a perceptron,
#
# $$s = W_2 \tanh\bigl(W_1\,[\,e(w_1)\; e(w_2)\; \dots\; e(w_T)\,] + b_1\bigr) + b_2
# \qquad P(w \mid w_1 \dots w_T) = \mathrm{softmax}(s)_w$$
#
# The vectors are learnt like all other weights. We begin with letters instead of words, and with
# the first names of the US census.

# %%
import numpy as np

from nets import datasets

# %config InlineBackend.figure_format = "retina"

data = datasets.names()
print(data)
print(", ".join(data.x_train[:8]))

# %% [markdown]
# ## Windows
#
# A text becomes examples: three letters, and the one that follows. `\n` stands between two names.

# %%
from nets.text import Vocabulary, windows

CONTEXT = 3


def text_of(names):
    names = np.random.default_rng(0).permutation(names)
    return "".join(f"{name}\n" for name in names)


train_text, test_text = text_of(data.x_train), text_of(data.x_test)
vocabulary = Vocabulary(train_text, unknown=None)
newline = vocabulary.ids("\n")[0]
x, y = windows(vocabulary.ids(train_text), CONTEXT, start=newline)
x_test, y_test = windows(vocabulary.ids(test_text), CONTEXT, start=newline)

for window, follower in zip(x[:7], y[:7], strict=True):
    print(vocabulary.tokens(window), "->", vocabulary.tokens([follower]))
print(f"{len(x):,} windows, {len(vocabulary)} letters")

# %% [markdown]
# ## A vector for each letter
#
# To look up row $w$ of a matrix is to multiply it by a one-hot vector, without the multiplication.
# Backward, a row gets the gradients of all places where its letter stood.

# %%
from layers import Embedding

embedding = Embedding(len(vocabulary), 2, rng=0)
letters = vocabulary.ids("anna")
one_hot = np.eye(len(vocabulary))[letters]
print(
    "the same:", np.allclose(embedding.forward(letters[None])[0], one_hot @ embedding.params["W"])
)

_, grads = embedding.backward(np.ones((1, 4, 2)))
for letter in "anx":
    print(letter, grads["W"][vocabulary.ids(letter)[0]])

# %% [markdown]
# ## The model

# %%
from layers import SoftmaxCE, gradcheck
from nets.recipes import neural_language_model

net = neural_language_model(len(vocabulary), CONTEXT, dim=8, hidden=64, rng=0)
print(net.summary((CONTEXT,)))
gradcheck(net, x[:4], loss=(SoftmaxCE(), y[:4]))

# %%
from nets import EarlyStopping, fit
from optimizers import Adam

net = net.astype(np.float32)
options = {"validation": (x_test, y_test), "callbacks": [EarlyStopping(patience=3)]}
options |= {"epochs": 12, "batch_size": 128, "progress": False, "rng": 0}
history = fit(net, SoftmaxCE(), Adam(0.003), x, y, **options)
history.plot()

# %% [markdown]
# ## Perplexity
#
# $$\exp\Bigl(\frac{1}{N} \sum_{n} -\log P(w_n \mid \text{window}_n)\Bigr)$$
#
# "As if it had to choose among so many letters, all equally likely." A model that knows nothing has
# the size of the alphabet. One that counts pairs of letters is a fair rival.

# %%
from nets.text import perplexity

pairs = np.ones((len(vocabulary), len(vocabulary)))  # each pair once, so that none is impossible
np.add.at(pairs, (x[:, -1], y), 1)
p = pairs / pairs.sum(axis=1, keepdims=True)
by_pairs = np.exp(-np.log(p[x_test[:, -1], y_test]).mean())

print(f"knows nothing  {len(vocabulary):5.1f}")
print(f"counts pairs   {by_pairs:5.1f}")
print(f"this net       {perplexity(net, x_test, y_test):5.1f}")

# %% [markdown]
# ## It speaks
#
# Draw a letter by its probability, move the window, draw the next one. The *temperature* divides
# the scores: below 1 the likely becomes likelier.

# %% tags=["machine"]
from nets.text import generate


def invent(temperature, rng):
    start, options = "\n" * CONTEXT, {"temperature": temperature, "stop": "\n", "rng": rng}
    return "".join(generate(net, vocabulary, start, 20, **options))


rng = np.random.default_rng(1)
for temperature in (0.3, 0.7, 1.0, 2.0):
    print(temperature, *(invent(temperature, rng) for _ in range(7)))

# %% [markdown]
# ## What the vectors know
#
# Nobody told the net what a vowel is. The eight numbers of each letter, in the two directions in
# which they differ most. The vowels find each other; q, which wants its u, is like no other letter.

# %%
import matplotlib.pyplot as plt

from nets.plots.style import BLUE, VERMILION


def in_two_dimensions(vectors):
    """The principal components: the projection that keeps the most of the spread."""
    centred = vectors - vectors.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    return centred @ directions[:2].T


letters = [letter for letter in sorted(set(train_text)) if letter.isalpha()]
places = in_two_dimensions(net.params["0.W"][vocabulary.ids(letters)])
figure, axes = plt.subplots(figsize=(7, 5.6), layout="constrained")
axes.scatter(*places.T, s=0)
for letter, place in zip(letters, places, strict=True):
    colour = VERMILION if letter in "aeiouy" else BLUE
    axes.text(*place, letter, color=colour, fontsize=13, ha="center", va="center")
axes.set(xticks=(), yticks=())
axes.spines[:].set_visible(False)

# %% [markdown]
# ## Words
#
# The same net for words. The text is one that comes with Python: its own reference manual, the
# pages of `help()`. A file of yours will do as well.

# %% tags=["machine"]
from pydoc_data.topics import topics

from nets.text import words

tokens = words(" ".join(topics[name] for name in sorted(topics)))
vocabulary = Vocabulary(tokens, size=1500)
x, y = windows(vocabulary.ids(tokens), CONTEXT)
net = neural_language_model(len(vocabulary), CONTEXT, dim=32, hidden=64, dtype=np.float32, rng=0)
options = {"epochs": 4, "batch_size": 256, "progress": False, "rng": 0}
fit(net, SoftmaxCE(), Adam(0.004), x, y, **options)
print(f"{len(tokens):,} words, perplexity on them {perplexity(net, x, y):.0f}")

# %% [markdown]
# Words that can stand in the same place get similar vectors. The nearest, by the angle:
#
# $$\cos(u, v) = \frac{u \cdot v}{|u|\,|v|}$$

# %% tags=["machine"]
vectors = net.params["0.W"]
vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def nearest(word, n=6):
    similarity = vectors @ vectors[vocabulary.ids([word])[0]]
    return vocabulary.tokens(np.argsort(-similarity)[1 : n + 1])


for word in ("integer", "class", "is", "returns", "this"):
    print(f"{word:8} {' '.join(nearest(word))}")

# %% tags=["machine"]
from nets.text import sentence

start = ["the", "object", "is"]
print(sentence(start + generate(net, vocabulary, start, 40, temperature=0.6, rng=0)))

# %% [markdown]
# ## Exercises
#
# 1. Train letters with a context of 1, 2, 3 and 5. How does the perplexity on the test names fall?
#    What does a net with a context of 1 have in common with counting pairs?
# 2. Freeze the vectors (`trainable=False`). How much is lost?
# 3. Train on female and on male names separately. Use both models to tell which list a name of the
#    test part is from, and compare with `text_classifier`.
# 4. Take a book of your own. Which words are near each other there?
# 5. `examples/language_model.py` does this with a whole book, and has a model that counts as its
#    rival. What does its last reading of the last sixth gain, and why?
