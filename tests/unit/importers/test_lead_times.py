from pathlib import Path

import pytest

from scmsim.errors import UsageError
from scmsim.importers.lead_times import as_distribution, lead_times

ROWS = """vendor,ordered,delivered
Müller,2024-01-01,2024-01-31
Müller,2024-02-01,2024-02-22
Müller,on request,2024-02-22
Müller,2024-03-01,2024-02-22
Meyer,01.04.2024,05.04.2024
"""


@pytest.fixture
def deliveries(tmp_path: Path) -> Path:
    """A list of deliveries, as a spreadsheet of another age writes it."""
    path = tmp_path / "deliveries.csv"
    path.write_bytes(ROWS.encode("latin-1"))
    return path


def test_rows_without_two_dates_are_left_out(deliveries: Path) -> None:
    """Tests that days come from the rows of one vendor with a date of order before one of delivery."""
    assert lead_times(deliveries, "ordered", "delivered", where={"vendor": "Müller"}) == [21, 30]
    assert lead_times(deliveries, "ordered", "delivered") == [4, 21, 30]


def test_what_cannot_be_read_is_said(deliveries: Path, tmp_path: Path) -> None:
    """Tests that a missing file, column or row is named."""
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        lead_times(tmp_path / "other.csv", "ordered", "delivered")
    with pytest.raises(UsageError, match="found no column 'sent'; expected one of vendor, ordered, delivered"):
        lead_times(deliveries, "sent", "delivered")
    with pytest.raises(UsageError, match=r"no row has a date in both 'ordered' and 'delivered', vendor = Nobody"):
        lead_times(deliveries, "ordered", "delivered", where={"vendor": "Nobody"})


def test_a_real_vendor_keeps_its_spread(shared_data: Path, tmp_path: Path) -> None:
    """Tests that 100 quantiles of 642 real deliveries have their mean to a day, and are what a lane takes."""
    import gzip

    import scmsim as sc

    path = tmp_path / "scms.csv"
    path.write_bytes(gzip.decompress((shared_data / "scms" / "SCMS_iso_dates.csv.gz").read_bytes()))
    columns = ("PO Sent to Vendor Date", "Delivered to Client Date")
    days = lead_times(path, *columns, where={"Vendor": "Aurobindo Pharma Limited"})
    assert (len(days), days[0], days[-1], round(sum(days) / len(days), 1)) == (642, 14, 581, 130.3)
    text = (Path(__file__).resolve().parents[3] / "scenarios/procurement/lead_times.yaml").read_text(encoding="utf-8")
    begin = text.index("lead_time: {dist")
    scenario = sc.loads(text[:begin] + as_distribution(days) + "}\n")
    drawn = scenario.file.lanes[0].lead_time
    assert drawn.mean_value == pytest.approx(130.3, abs=1.0)
