# %% [markdown]
# # 10. Word vectors and the neural language model
#
# A language model predicts the next word. The feed-forward model looks at the last few words: it
# takes a vector for each, concatenates them, and feeds them to a multilayer perceptron,
#
# $$s = W_2 \tanh\bigl(W_1\,[\,e(w_1)\; e(w_2)\; \dots\; e(w_T)\,] + b_1\bigr) + b_2
# \qquad P(w \mid w_1 \dots w_T) = \mathrm{softmax}(s)_w$$
#
# The vectors are learned like all other weights. We start with letters instead of words, and with
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
# Each example is a window of three letters and the letter that follows. `\n` separates the names.
#
# The names are sorted by frequency, so we shuffle them before we cut off a *validation* part. It
# decides when to stop; the test part is measured once, at the end.

# %%
from nets.text import Vocabulary, windows

CONTEXT = 3


def examples(names):
    text = "".join(f"{name}\n" for name in names)
    return windows(vocabulary.ids(text), CONTEXT, start=newline)


rng = np.random.default_rng(0)
names, test_names = rng.permutation(data.x_train), rng.permutation(data.x_test)
train_text = "".join(f"{name}\n" for name in names)
vocabulary = Vocabulary(train_text, unknown=None)
newline = vocabulary.ids("\n")[0]
x, y = examples(names[500:])
validation = examples(names[:500])
x_test, y_test = examples(test_names)

for window, follower in zip(x[:7], y[:7], strict=True):
    print(vocabulary.tokens(window), "->", vocabulary.tokens([follower]))
print(f"{len(x):,} windows, {len(vocabulary)} letters")

# %% [markdown]
# ## A vector for each letter
#
# Looking up row $w$ of a matrix is the same as multiplying a one-hot vector by it, without the cost
# of the multiplication. In the backward pass, a row gets the sum of the gradients of all positions
# where its letter occurred.

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

# %% mystnb={"image": {"alt": "Training and validation loss and accuracy over twelve epochs"}}
from nets import EarlyStopping, fit
from optimizers import Adam

net = net.astype(np.float32)
options = {"validation": validation, "callbacks": [EarlyStopping(patience=3)]}
options |= {"epochs": 12, "batch_size": 128, "progress": False, "rng": 0}
history = fit(net, SoftmaxCE(), Adam(0.003), x, y, **options)
history.plot()

# %% [markdown]
# ## Perplexity
#
# $$\exp\Bigl(\frac{1}{N} \sum_{n} -\log P(w_n \mid \text{window}_n)\Bigr)$$
#
# A perplexity of 9 means that the model is as uncertain as if it had to choose among 9 equally
# likely letters. A model that knows nothing has the size of the alphabet as its perplexity. A model
# that counts pairs of letters is a fair baseline. Here we use the test names, once:

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
# ## Generating names
#
# Draw a letter with the predicted probabilities, shift the window, draw the next one. The scores
# are divided by the *temperature*: below 1, likely letters become even likelier.

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
# The net was not told what a vowel is. Here are the vectors of the letters, projected from eight
# dimensions to the two in which they differ most. The vowels are close to each other.

# %% mystnb={"image": {"alt": "The letters in two dimensions: the vowels are together"}}
import matplotlib.pyplot as plt

from nets.plots.style import BLUE, VERMILION


def in_two_dimensions(vectors):
    """The projection on the first two principal components."""
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
# The same net for words. The text comes with Python: its reference manual, the pages of `help()`.
# You can use a file of your own instead.

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
# Words that can occur in the same place get similar vectors. The nearest words by cosine
# similarity:
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
#
#    <details><summary>Answer</summary>
#
#    About 11.0, 9.7, 9.1 and 8.8. With a context of 1, a net can only learn the probability of each
#    pair of letters, which is what counting estimates; counting gives 10.8.
#
#    </details>
#
# 2. Give the net random vectors and freeze them: `vectors=rng.normal(size=(len(vocabulary), 8))`
#    and `trainable=False`. How much is lost?
#
#    <details><summary>Answer</summary>
#
#    Very little: about 9.2 instead of 9.1. With only 27 letters, eight random numbers tell them
#    apart, and the hidden layer learns the rest. With thousands of words, of which many are rare,
#    learned vectors matter much more.
#
#    </details>
#
# 3. Train a model on the female names and another on the male names (`data.y_train` is 0 and 1).
#    Use both to predict the list that a test name is from, and compare with `text_classifier`.
#
#    <details><summary>Answer</summary>
#
#    The two language models predict the list of about 82 % of the test names correctly,
#    `text_classifier` 86 % (vectors of 8, one hidden layer of 64, names padded to 11 letters,
#    stopped early by the validation part). Always answering "female" gives 78 %.
#
#    </details>
#
# 4. Take a book of your own. Which words are close to each other?
#
#    <details><summary>Answer</summary>
#
#    This depends on the book. Names of people, verbs of the same form, and numbers usually form
#    groups.
#
#    </details>
#
# 5. `examples/language_model.py` does this with a whole book and compares with a model that counts.
#    At the end it trains on the last sixth of the training text once more. What does that gain, and
#    why?
#
#    <details><summary>Answer</summary>
#
#    It lowers the perplexity on the last tenth. The book changes from beginning to end, and the
#    test part resembles the text just before it more than the whole. Print `perplexity(net, x_new,
#    y_new)` before and after to see how much it gains.
#
#    </details>
