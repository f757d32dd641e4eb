"""What the tests of pictures share."""

from nets.training.history import History


def history_of(epochs, **columns):
    history = History()
    for epoch in range(1, epochs + 1):
        row = {name: curve(epoch) for name, curve in columns.items()}
        history.append(epoch=epoch, loss=1 / epoch, seconds=0.5, **row)
    return history


def everything(epochs):
    return history_of(
        epochs,
        accuracy=lambda e: 1 - 0.5 / e,
        validation_loss=lambda e: 1.2 / e,
        validation_accuracy=lambda e: 1 - 0.6 / e,
    )


def draw(figure):
    """Settle ticks and layout, which raises whatever drawing would raise, without an image."""
    figure.draw_without_rendering()
    return figure
