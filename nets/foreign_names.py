"""What to do instead of calling a method that nets have in other libraries but not here."""

from __future__ import annotations

TRAIN = "train it with fit(net, loss, optimizer, x, y, epochs=...) from nets"
LOSS = "a loss is a layer of its own: loss.forward(net.forward(x), labels), then loss.backward()"
FIXED = "a net stays as it was made; make another: {kind}(...)"
MODES = "there are no modes: forward is for training, predict for inference"
STEP = "gradients come from net.backward(dout), and optimizer.step(net.params, grads) takes them"
HINTS = {
    **dict.fromkeys(("fit", "train_on_batch", "partial_fit"), TRAIN),
    **dict.fromkeys(("train", "eval", "training"), MODES),
    **dict.fromkeys(("compile", "loss", "cost", "compute_loss"), LOSS),
    **dict.fromkeys(("add", "append", "insert", "extend", "pop", "remove", "add_module"), FIXED),
    **dict.fromkeys(("zero_grad", "step", "grad", "grads", "gradients", "update"), STEP),
    **dict.fromkeys(
        ("parameters", "named_parameters", "weights", "get_weights", "trainable_weights", "param"),
        "its parameters are net.params, a dict such as {{'0.W': ..., '0.b': ...}}",
    ),
    **dict.fromkeys(
        ("state_dict", "get_params"),
        "its arrays are in net.params and net.buffers; or net.save(path)",
    ),
    **dict.fromkeys(
        ("load_state_dict", "set_weights", "set_params", "load_weights"),
        "assign net.params = {{...}}, or call net.load_params(path)",
    ),
    **dict.fromkeys(("save_weights", "dump"), "call net.save(path)"),
    **dict.fromkeys(("evaluate", "score", "accuracy"), "call evaluate(net, loss, x, y) from nets"),
    **dict.fromkeys(
        ("predict_proba", "predict_classes", "call", "apply", "output"),
        "call net.predict(x) for its outputs; the largest names the class: .argmax(axis=1)",
    ),
    **dict.fromkeys(
        ("to", "float", "double", "half", "cuda", "cpu"), "call net.astype(np.float32)"
    ),
    **dict.fromkeys(
        ("freeze", "requires_grad_", "requires_grad", "trainable"),
        "freeze layers with Frozen(layer) from layers",
    ),
    **dict.fromkeys(("copy", "clone"), "call copy.deepcopy(net)"),
    **dict.fromkeys(("shape", "input_shape", "output_shape"), "print(net.summary()) shows shapes"),
    "plot": "net.draw() draws its layers, and print(net.summary()) lists them",
    "nodes": "a Sequential has net.layers; a Graph has nodes",
    "values": "only a Graph keeps its values; call net.trace(x, labels, loss) to see them",
}


def hint(kind: str, name: str) -> str:
    """What to add to the sentence that a net of this kind has no such attribute.

    Examples
    --------
    >>> hint("Sequential", "append")
    '; a net stays as it was made; make another: Sequential(...)'
    >>> hint("Sequential", "colour")
    ''
    """
    return f"; {HINTS[name].format(kind=kind)}" if name in HINTS else ""
