"""The monthly report as PDF, drawn by fpdf2 with a Chinese font of this machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError
from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, WrapMode
from fpdf.fonts import FontFace

from api.failure import Failure
from api.figures.report import Report, Section, Table

# Where Debian puts fonts with Chinese: fonts-noto-cjk, fonts-wqy-microhei, fonts-wqy-zenhei, fonts-droid-fallback.
FONTS = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
    Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"),
    Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"),
)
NEEDED = "武汉公共法律服务考核评估率“”（）%"  # a font without these would print boxes
SIMPLIFIED = "SC"  # of a collection for several countries, the face whose name ends so
FAMILY = "report"
BODY_PT, SMALL_PT, HEADING_PT, TITLE_PT = 10, 8, 13, 18
LINE_MM = 5.5
PADDING_MM = 0.8
WIDEST = 95.0  # mm of a column; where a table is wider than the page, all shrink alike
GREY = FontFace(fill_color=(244, 247, 248))


class NoFontError(Failure):
    """No font of this machine has Chinese; the message, for people, says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "这台服务器上没有中文字体，做不了 PDF。请装上 fonts-noto-cjk，或用 YIBOTONG_REPORT_FONT 指定一个字体文件；"
            "网页版可以直接打印。"
        )


@dataclass(frozen=True, slots=True)
class Font:
    """A font file, and which face of a collection."""

    path: Path
    face: int


def find_font(chosen: Path | None = None, places: Sequence[Path] = FONTS) -> Font:
    """The chosen font, or the first one here that has Chinese; `NoFontError` when there is none."""
    tried = (chosen,) if chosen else tuple(places)
    for path in tried:
        face = _chinese_face(path)
        if face is not None:
            return Font(path, face)
    raise NoFontError


def _chinese_face(path: Path) -> int | None:
    try:
        with path.open("rb") as file:
            collection = file.read(4) == b"ttcf"
            file.seek(0)
            faces = TTCollection(file, lazy=True).fonts if collection else [TTFont(file, lazy=True)]
            fit = [place for place, face in enumerate(faces) if face.getBestCmap().keys() >= set(map(ord, NEEDED))]
            named = [place for place in fit if (faces[place]["name"].getDebugName(1) or "").endswith(SIMPLIFIED)]
    except (OSError, TTLibError):
        return None
    return next(iter((*named, *fit)), None)


def as_pdf(report: Report, font: Font) -> bytes:
    """A4, pages numbered, every table's headings again on each page."""
    pdf = _Paper(report.month, font)
    pdf.add_page()
    pdf.words("公共法律服务考核评估月报", TITLE_PT)
    pdf.words(f"{report.month}　|　{report.made_at} 由系统统计")
    pdf.words(f"依据：{report.basis}", SMALL_PT)
    for note in report.notes:
        pdf.words(f"· {note}", SMALL_PT)
    for section in report.sections:
        _section(pdf, section)
    return bytes(pdf.output())


def _section(pdf: _Paper, section: Section) -> None:
    pdf.ln(4)
    pdf.words(section.title, HEADING_PT)
    for line in section.lines:
        pdf.words(line)
    for table in section.tables:
        if table.rows:
            _table(pdf, table)
    if section.unknown:
        pdf.words("不知道的：")
        for line in section.unknown:
            pdf.words(f"· {line}")


def _table(pdf: _Paper, table: Table) -> None:
    pdf.ln(2)
    pdf.words(table.title)
    pdf.set_font_size(SMALL_PT)
    # A column is as wide as its longest text, within reason; what is longer is broken.
    lines = (table.columns, *table.rows)
    widths = [
        min(WIDEST, max(pdf.get_string_width(line[place]) for line in lines) + 2 * PADDING_MM + 2)
        for place in range(len(table.columns))
    ]
    with pdf.table(
        col_widths=tuple(widths),
        width=min(pdf.epw, sum(widths)),
        align=Align.L,
        text_align=Align.L,
        line_height=4.5,
        padding=PADDING_MM,
        headings_style=GREY,
        borders_layout=TableBordersLayout.ALL,
        wrapmode=WrapMode.CHAR,
    ) as drawn:
        for cells in lines:
            drawn.row(cells)
    pdf.ln(2)


class _Paper(FPDF):
    def __init__(self, month: str, font: Font) -> None:
        super().__init__()
        self._month = month
        self.set_title(f"公共法律服务考核评估月报 {month}")
        self.set_lang("zh-CN")
        self.set_auto_page_break(auto=True, margin=18)
        for style in ("", "B"):
            self.add_font(FAMILY, style, font.path, collection_font_number=font.face)
        self.set_font(FAMILY, size=BODY_PT)

    def words(self, text: str, size: int = BODY_PT) -> None:
        """A paragraph."""
        self.set_font(FAMILY, size=size)
        height = LINE_MM * max(1, size / BODY_PT)
        self.multi_cell(0, height, text, align=Align.L, new_x="LMARGIN", new_y="NEXT", wrapmode=WrapMode.CHAR)

    def footer(self) -> None:
        """Which month and page."""
        self.set_y(-14)
        self.set_font(FAMILY, size=SMALL_PT)
        self.cell(0, 8, f"{self._month}　第 {self.page_no()} 页", align=Align.C)
