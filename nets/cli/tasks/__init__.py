"""What `handgrad train` can be asked to do, one file for each task."""

from typing import Any

from nets.cli.tasks.labelled_text import TextTask
from nets.cli.tasks.language import LanguageTask
from nets.cli.tasks.numbers import NumbersTask
from nets.cli.tasks.task import Task

TASKS: dict[str, Any] = {"numbers": NumbersTask, "text": TextTask, "lm": LanguageTask}

__all__ = ["TASKS", "LanguageTask", "NumbersTask", "Task", "TextTask"]
