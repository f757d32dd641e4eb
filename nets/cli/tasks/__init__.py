"""What `handgrad train` can be asked to do, one file for each task."""

from typing import Any

from nets.cli.tasks.labelled_text import TextTask
from nets.cli.tasks.language import LanguageTask
from nets.cli.tasks.numbers import NumbersTask
from nets.cli.tasks.task import Task
from nets.cli.tasks.task_options import OPTIONS, LanguageOptions, NumbersOptions, TextOptions

TASKS: dict[type[NumbersOptions], Any] = {
    NumbersOptions: NumbersTask,
    TextOptions: TextTask,
    LanguageOptions: LanguageTask,
}

__all__ = ["OPTIONS", "TASKS", "LanguageTask", "NumbersOptions", "NumbersTask", "Task", "TextTask"]
