"""Bad data files are refused, with every problem at once."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from routing.errors import BadDataFileError
from routing.load import DATA_DIR, load_areas, load_cues, load_directory, load_rules


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(DATA_DIR, folder)
    return folder


@pytest.fixture
def spoil(data_dir: Path) -> Callable[[str, str, str], None]:
    """Replaces a piece of a file of the copy."""

    def replace(name: str, old: str, new: str) -> None:
        path = data_dir / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def append(data_dir: Path, name: str, text: str) -> None:
    with (data_dir / name).open("a", encoding="utf-8") as file:
        file.write(text)


def problems_of(load: Callable[[], object]) -> str:
    with pytest.raises(BadDataFileError) as caught:
        load()
    return str(caught.value)


def test_the_packaged_files_load(matters: tuple[str, ...], data_dir: Path) -> None:
    assert load_areas(data_dir) == load_areas()
    assert load_directory(data_dir).bodies == load_directory().bodies
    assert load_rules(matters, data_dir).routes == load_rules(matters).routes


def test_an_unknown_column_and_a_short_row_are_both_reported(data_dir: Path, spoil) -> None:
    spoil("streets.csv", "code,name,district,zone", "code,name,district,zone,colour")
    append(data_dir, "streets.csv", "1,2\n")
    told = problems_of(lambda: load_areas(data_dir))
    assert "streets.csv:1: unknown column 'colour'" in told
    assert "values, 5 columns" in told


def test_all_bad_rows_of_a_file_are_reported_at_once(data_dir: Path) -> None:
    row = "{id},{type},名,{area},,{phone},,,{state},来源,{day},注,,\n"
    append(
        data_dir,
        "bodies.csv",
        row.format(id="a", type="moon_court", area="洪山区", phone="", state="confirmed", day="2026-11-24"),
    )
    append(
        data_dir,
        "bodies.csv",
        row.format(id="b", type="court", area="火星区", phone="027-abc", state="sure", day="yesterday"),
    )
    append(
        data_dir,
        "bodies.csv",
        row.format(id="b", type="court", area="武汉市", phone="", state="confirmed", day="2026-11-24"),
    )
    told = problems_of(lambda: load_directory(data_dir))
    for part in ("moon_court", "火星区", "027-abc", "sure", "yesterday", "body 'b' is already in line"):
        assert part in told
    assert told.count("bodies.csv:") == 6


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("routes/labor.yml", "matter: wage_arrears", "matter: wages", "'matter' must be one of"),
        (
            "routes/labor.yml",
            "bodies: [labor_inspection, labor_arbitration",
            "bodies: [labour_inspection, labor_arbitration",
            "unknown body type 'labour_inspection'",
        ),
        ("routes/labor.yml", "flags: [seafarer]", "flags: [sailor]", "unknown flag 'sailor'"),
        ("routes/labor.yml", "    basis: [海商法 22, 海商法 27, 海商法 28]\n", "", "has no legal basis"),
        ("routes/labor.yml", "海商法 22", "海商法第22条", "'basis' must be like"),
        (
            "routes/labor.yml",
            "code: wage_arrears.iou_only",
            "code: wage_arrears.seafarer",
            "rule code 'wage_arrears.seafarer' is already",
        ),
        ("routes/labor.yml", "code: wage_arrears.iou_only", "code: iou_only", "must begin with 'wage_arrears.'"),
        ("routes/labor.yml", "    when: {flags: [seafarer]}\n", "", "always applies"),
        ("routes/labor.yml", "when: {flags: [seafarer]}", "when: {flag: [seafarer]}", "unknown key 'flag'"),
        ("routes/labor.yml", "  ask: [injury_recognised]", "  ask: [how_are_you]", "unknown question 'how_are_you'"),
        (
            "routes/labor.yml",
            "never: [labor_arbitration, labor_inspection, police]",
            "never: [court, labor_inspection]",
            "is in 'bodies' and in 'never'",
        ),
        ("routes/labor.yml", "stages: [arbitrating]", "stages: [fighting]", "unknown stage 'fighting'"),
        ("routes/general.yml", "- code: unclear", "- code: muddled", "'code' must be one of"),
        ("routes/general.yml", "- danger: E20", "- danger: E21", "no route for danger 'E20'"),
        (
            "questions.yml",
            "- {value: unknown, label: 不知道}\n- id: adoption",
            "- {value: nope, label: 不知道}\n- id: adoption",
            "'nope' is no value",
        ),
        ("deadlines.yml", "  days: 15\n", "", "neither 'days' nor 'months'"),
        ("deadlines.yml", "- id: labor_suit", "- id: labor_arbitration", "deadline 'labor_arbitration' is already"),
        ("deadlines.yml", "rank: 1", "rank: first", "must be a whole number"),
        ("legal_aid.yml", "level: likely", "level: certain", "'level' must be one of"),
        ("hotlines.csv", "12309,", "12309x,", "not a phone number"),
        ("body_types.yml", 'hotlines: ["12309"]', 'hotlines: ["99999"]', "unknown hotline '99999'"),
        ("areas.yml", "areas: [黄陂区, 新洲区]", "areas: [黄陂区, 黄坡区]", "unknown area '黄坡区'"),
        ("cues.yml", "  - 征信|信用记录|信用报告|黑户", "  - 征信|(信用记录", "not a pattern"),
        ("cues.yml", "  - 征信|信用记录|信用报告|黑户", "  - 征信|", "matches the empty text"),
    ],
)
def test_a_mistake_is_named(
    data_dir: Path, matters: tuple[str, ...], spoil, name: str, old: str, new: str, told: str
) -> None:
    spoil(name, old, new)
    assert told in problems_of(lambda: load_rules(matters, data_dir))


def test_a_matter_without_a_route_is_refused(data_dir: Path, matters: tuple[str, ...]) -> None:
    assert "no route for matter 'space_law'" in problems_of(lambda: load_rules([*matters, "space_law"], data_dir))


def test_a_key_given_twice_is_refused_because_yaml_would_drop_the_first(data_dir: Path) -> None:
    append(data_dir, "cues.yml", "- name: twice\n  about: x\n  about: y\n  yes_when: [z]\n")
    assert "key 'about' appears twice" in problems_of(lambda: load_cues(data_dir))


def test_a_file_that_is_not_yaml_is_one_problem_with_its_line(data_dir: Path, matters: tuple[str, ...]) -> None:
    append(data_dir, "cues.yml", "- name: [broken\n")
    told = problems_of(lambda: load_rules(matters, data_dir))
    assert "cues.yml:" in told
    assert "not YAML" in told
    assert len(told.splitlines()) == 1


def test_yes_as_a_key_must_be_quoted_because_yaml_reads_a_truth_value(data_dir: Path) -> None:
    append(data_dir, "cues.yml", "- name: odd\n  about: x\n  yes: [z]\n")
    assert "is not text; quote it" in problems_of(lambda: load_cues(data_dir))
