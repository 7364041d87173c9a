"""The words that an expert signs with its declaration."""

from __future__ import annotations

from shared.rulebooks import Words

# They are part of what is signed: whoever changes them changes nothing that was signed before.
STATEMENT = Words(
    "本人已逐项如实申报与有关单位、人员的利害关系；上述情况如有变化，将立即重新申报；对存在利害关系的申报主体，"
    "本人将主动回避。",
    "I have answered every question truthfully, will declare anew as soon as anything changes, and will stand aside wherever "
    "I have an interest.",
)
