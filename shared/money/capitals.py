"""大写金额: amounts in capital numerals, as orders and batches write them. Pure."""

from __future__ import annotations


def in_capitals(fen: int) -> str:
    """The amount in capital numerals, as a payment order writes it: 伍拾万元整, 壹元零贰分."""
    import cn2an  # a fifth of the gateway's start, and only orders and batches are written with it

    yuan, rest = divmod(fen, 100)
    words = cn2an.an2cn(str(yuan), "up") + "元" if yuan or not rest else ""
    if not rest:
        return words + "整"
    jiao, odd = divmod(rest, 10)
    if jiao:
        words += cn2an.an2cn(str(jiao), "up") + "角"
    elif yuan:
        words += "零"
    return words + (cn2an.an2cn(str(odd), "up") + "分" if odd else "整")
