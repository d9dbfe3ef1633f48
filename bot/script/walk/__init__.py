"""Every path of a script, walked: a proof on the pure functions, not a sample.

The shape of it:

classes   what a question can be answered with, and which answers nothing can tell apart
values    the numbers a value is worked out from: those around its limits, and a few that stand for all
opinion   a second evaluator, read from the script's text again, which shares no logic with the engine
proof     the states of the script, merged where they cannot be told apart, each looked at by both
report    what does not hold, in the words and at the place of the script

The raw product of 29 questions is astronomical. What is decided of a criterion depends only on the questions that
decide it and on those their conditions look at, and a criterion takes its worst part, so it is walked by itself:
question by question, keeping of the answers so far what later ones can see. The same goes for what is asked next,
for remarks and for edits. `screen` is then asked again on the whole script for each state that is left, with the
other questions unanswered, answered, and failing, so that nothing of one criterion shows in another.
"""

from bot.script.walk.report import Walk, walk_script

__all__ = ["Walk", "walk_script"]
