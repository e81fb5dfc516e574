"""What is personal about an expert: what of it is shown, and how the own career is written."""

from dataclasses import dataclass
from datetime import date

from cleanprod.kernel.errors import Refused


def masked_phone(phone: str) -> str:
    """Return a phone number with its middle hidden: 138****1234."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****" if phone else ""


def masked_mail(mail: str) -> str:
    """Return a mail address of which the first sign and the host are left."""
    name, at, host = mail.partition("@")
    return f"{name[:1]}***{at}{host}" if mail else ""


def masked_identity(number: str) -> str:
    """Return an identity number of which the first three and last two signs are left."""
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}" if len(number) > 5 else ""


@dataclass(frozen=True, slots=True)
class Job:
    """One line of what an applicant wrote about consultancies: whom, from when, until when."""

    name: str
    since: date | None = None
    until: date | None = None


def read_jobs(text: str) -> list[Job]:
    """Read lines like `某某咨询有限公司 2019-03 2021-06`; the last month may be missing."""
    return [_job(line) for line in text.splitlines() if line.strip()]


def _job(line: str) -> Job:
    parts = line.replace("，", " ").replace(",", " ").replace("　", " ").split()
    months = [part for part in parts if part[:1].isdigit()]
    name = "".join(part for part in parts if part not in months and part != "至今")
    if not name or len(name) > 200 or len(months) > 2:
        raise Refused(f"“{line.strip()[:40]}”应写为：机构名称 起始年月 终止年月")
    days = [_month(part) for part in months]
    if len(days) == 2 and days[1] < days[0]:
        raise Refused(f"“{line.strip()[:40]}”的终止年月早于起始年月")
    return Job(name, days[0] if days else None, days[1] if len(days) > 1 else None)


def _month(text: str) -> date:
    year, _, month = text.replace("/", "-").replace(".", "-").partition("-")
    fine = year.isascii() and year.isdigit() and month.isascii() and month.isdigit()
    if not (fine and 1950 <= int(year) <= 2100 and 1 <= int(month) <= 12):
        raise Refused(f"“{text}”不是年月，应写为 2019-03")
    return date(int(year), int(month), 1)
