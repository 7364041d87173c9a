"""Everything that an inspection says to people, in both languages. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from services.intake.inspection.report import Reason
from shared.documents import clean

_LONGEST_NAME = 80  # characters of a file's name in a sentence

KINDS: dict[str, tuple[str, str]] = {
    "pdf": ("PDF 文件", "a PDF"),
    "docx": ("Word 文档（.docx）", "a Word document (.docx)"),
    "xlsx": ("Excel 工作簿（.xlsx）", "an Excel workbook (.xlsx)"),
    "pptx": ("PowerPoint 演示文稿（.pptx）", "a PowerPoint presentation (.pptx)"),
    "doc": ("旧版 Word 文档（.doc）", "an old Word document (.doc)"),
    "xls": ("旧版 Excel 工作簿（.xls）", "an old Excel workbook (.xls)"),
    "ppt": ("旧版 PowerPoint 演示文稿（.ppt）", "an old PowerPoint presentation (.ppt)"),
    "png": ("PNG 图片", "a PNG picture"),
    "jpg": ("JPEG 图片", "a JPEG picture"),
    "zip": ("ZIP 压缩包", "a ZIP archive"),
    "rar": ("RAR 压缩包", "a RAR archive"),
}

REASONS: dict[str, tuple[str, str]] = {
    "uninspectable": (
        "无法安全检查：检查程序未能完成。请重新导出文件后再上传",
        "It cannot be inspected safely: the inspection came to no end. Export the file anew and upload it again",
    ),
    "empty": ("文件是空的", "The file is empty"),
    "unknown_kind": (
        "内容不是本系统识别的任何文件类型",
        "The content is of no kind that this system knows",
    ),
    "wrong_kind": ("{named_zh}，内容却是 {kind_zh}", "{named_en}, but the content is {kind_en}"),
    "kind_not_allowed": (
        "此处不接受{kind_zh}，可上传：{allowed}",
        "{kind_en} is not taken here; you may upload: {allowed}",
    ),
    "broken": (
        "文件已损坏或不完整，无法打开",
        "The file is damaged or incomplete and cannot be opened",
    ),
    "encrypted": (
        "文件设有密码，请去除密码后再上传",
        "The file is locked with a password; remove it and upload the file again",
    ),
    "macros": (
        "文件含有宏，请另存为不含宏的文件后再上传",
        "The file holds macros; save it without them and upload it again",
    ),
    "infected": (
        "含有恶意代码（{signature}），已拒收",
        "It holds malware ({signature}) and is not taken",
    ),
    "too_many_pixels": (
        "图片过大（{width}×{height} 像素），请缩小后再上传",
        "The picture is too large ({width}×{height} pixels); make it smaller and upload it again",
    ),
    "expands_too_much": (
        "压缩包展开后过大，请减少内容或分开上传",
        "The archive is too large when unpacked; take something out or upload the files one by one",
    ),
    "too_many_entries": (
        "压缩包内文件过多（上限 {limit} 个）",
        "The archive holds too many files (at most {limit})",
    ),
    "too_deep": (
        "压缩包层层嵌套（上限 {limit} 层），请解开后再上传",
        "Archives in archives ({limit} levels at most); unpack them and upload the files",
    ),
    "overlapping_entries": (
        "压缩包内文件的数据相互重叠，请用常用软件重新打包",
        "The files in the archive overlap each other; pack it again with a common program",
    ),
    "unsupported_packing": (
        "压缩方式不受支持，请用普通 ZIP 方式重新打包",
        "The archive is packed in an unusual way; pack it again as a plain ZIP",
    ),
    "unsafe_names": (
        "压缩包内有不安全的文件名（绝对路径、盘符、上级目录、链接、控制字符或重名）：{member}",
        "The archive holds an unsafe name (absolute, with a drive, a parent folder, a link, a control character, or "
        "twice): {member}",
    ),
}

NOTES: dict[str, tuple[str, str]] = {
    "owner_password": (
        "PDF 设有权限密码（限制打印或编辑），但可以打开",
        "The PDF restricts printing or editing by a password, but it opens",
    ),
    "active_content": (
        "含有脚本、启动动作、附件、嵌入对象或外部链接内容，打开原件时请注意；预览不执行这些内容",
        "It holds scripts, launch actions, attachments, embedded objects or content from outside: take care when "
        "opening the original; the preview runs none of it",
    ),
    "text_not_readable": (
        "PDF 为扫描件，读不出文字，未统计字数",
        "The PDF is a scan: no text can be read from it, so no characters were counted",
    ),
    "pages_without_text": (
        "第 {pages} 页读不出文字（可能是图片），这些页的字数未计入",
        "No text can be read on page {pages} (pictures, perhaps); what stands there is not counted",
    ),
    "not_countable": (
        "旧版 .doc 格式不统计字数，请改用 .docx 或 PDF",
        "Characters of the old .doc format are not counted; use .docx or PDF",
    ),
    "metadata_removed": (
        "预览图已去除拍摄地点、设备等附加信息，原件保持不变",
        "The preview leaves out where and with what the picture was taken; the original is unchanged",
    ),
    "preview_cut": (
        "预览只显示开头部分",
        "The preview shows the beginning only",
    ),
    "preview_incomplete": (
        "第 {pages} 页无法预览，请打开原件查看",
        "There is no preview of page {pages}; open the original",
    ),
    "not_unpacked": (
        "RAR 内文件未逐一检查（只核对了文件名、大小和是否加密）",
        "The files in the RAR were not inspected one by one (only names, sizes and encryption were checked)",
    ),
    "system_files": (
        "压缩包内有操作系统自动生成的附属文件，已忽略",
        "The archive holds files that an operating system put there; they were ignored",
    ),
}

_INSIDE = ("压缩包内“{member}”：{text}", "“{member}” in the archive: {text}")
_NAMED = ("文件名为 .{extension}", "The name says .{extension}")
_NAMELESS = ("文件名没有扩展名", "The name has no extension")


def reason(code: str, **values: object) -> Reason:
    """Why a file is refused. Raises KeyError where the sentence needs a value that is not given."""
    return _said(code, REASONS[code], values)


def note(code: str, **values: object) -> Reason:
    """What does not refuse a file but must be known. Raises KeyError as `reason` does."""
    return _said(code, NOTES[code], values)


def wrong_kind(extension: str, kind: str) -> Reason:
    """The name says one kind, the content is another."""
    zh, en = KINDS[kind]
    named = _NAMED if extension else _NAMELESS
    shown = shortened(extension)
    return reason(
        "wrong_kind",
        named_zh=named[0].format(extension=shown),
        named_en=named[1].format(extension=shown),
        kind_zh=zh,
        kind_en=en,
    )


def kind_not_allowed(kind: str, allowed: Iterable[str]) -> Reason:
    """The kind is known but not asked for."""
    zh, en = KINDS[kind]
    listed = " ".join(f".{name}" for name in allowed)
    return reason("kind_not_allowed", kind_zh=zh, kind_en=en[0].upper() + en[1:], allowed=listed)


def inside(member: str, said: Reason) -> Reason:
    """The same, of a member of an archive."""
    shown = shortened(member)
    zh, en = (
        text.format(member=shown, text=old) for text, old in zip(_INSIDE, (said.zh, said.en), strict=True)
    )
    return Reason(said.code, zh, en)


def shortened(name: str) -> str:
    """A name as a sentence may show it: on one line, without control characters, its end kept."""
    name = " ".join(clean(name).split("\n"))
    return name if len(name) <= _LONGEST_NAME else f"…{name[-_LONGEST_NAME:]}"


def numbers(pages: Iterable[int]) -> str:
    """Page numbers for a sentence, neighbours joined: 1–3、7."""
    runs: list[list[int]] = []
    for page in sorted(pages):
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return "、".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)


def _said(code: str, texts: tuple[str, str], values: dict[str, object]) -> Reason:
    return Reason(code, texts[0].format(**values), texts[1].format(**values))
