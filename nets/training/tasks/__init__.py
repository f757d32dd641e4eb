"""What `handgrad train` can be asked to do, one file for each task."""

from nets.training.tasks.labelled_text import TextTask
from nets.training.tasks.language import LanguageTask
from nets.training.tasks.numbers import NumbersTask
from nets.training.tasks.task import Task

TASKS: dict[str, type[Task]] = {"numbers": NumbersTask, "text": TextTask, "lm": LanguageTask}

__all__ = ["TASKS", "LanguageTask", "NumbersTask", "Task", "TextTask"]
