"""The recipes of docs/examples, as users run them, against a fake over HTTP."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ..docs.pages import ROOT
from .plans import KEY
from .processes import environment
from .serving import Served

RECIPES = ROOT / "docs" / "examples" / "recipes"


def run(recipe: str, argument: Path, served: Served) -> subprocess.CompletedProcess[str]:
    variables = {
        "SMARTLEAD_API_KEY": KEY,
        "SMARTLEAD_BASE_URL": served.url,
        "SMARTLEAD_TIER": "unlimited",
    }
    command = [sys.executable, "-W", "error", str(RECIPES / recipe), str(argument)]
    env = environment(**variables)
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=env, timeout=60, check=False)


def test_the_weekly_list_is_provisioned_once_and_gains_what_the_list_gains(
    served: Served, tmp_path: Path
) -> None:
    served.call(lambda: [served.fake.add_email_account(f"m{n}@try.example") for n in range(2)])
    ids = served.call(lambda: list(served.fake.email_accounts))
    recipe = (RECIPES / "weekly_list.py").read_text("utf-8")
    assert "(601, 745)" in recipe
    leads = tmp_path / "leads.csv"
    leads.write_text("E-Mail,Vorname\nada@oslo.example,Ada\nnobody,Bo\n", "utf-8")
    copy = tmp_path / "weekly_list.py"
    copy.write_text(recipe.replace("(601, 745)", repr(tuple(ids))), "utf-8")
    first = run(str(copy), leads, served)
    assert first.returncode == 0, first.stderr
    assert "done, 1 leads" in first.stdout
    assert "leads.csv:3: " in first.stderr
    leads.write_text(leads.read_text("utf-8") + "liv@oslo.example,Liv\n", "utf-8")
    assert run(str(copy), leads, served).returncode == 0
    campaigns = served.call(lambda: list(served.fake.campaigns.values()))
    assert [len(each.leads) for each in campaigns] == [2]


def test_the_lists_of_an_agency_become_campaigns_of_its_clients(served: Served, tmp_path: Path) -> None:
    served.call(lambda: [served.fake.add_client(name) for name in ("Northwind", "Harbor")])
    for name in ("Northwind", "Harbour"):
        (tmp_path / f"{name}.csv").write_text(f"email,first name\nada@{name.lower()}.example,Ada\n", "utf-8")
    wrong = run("agency.py", tmp_path, served)
    assert (wrong.returncode, wrong.stderr.strip()) == (
        2,
        "there is no client 'Harbour': did you mean 'Harbor'?",
    )
    (tmp_path / "Harbour.csv").rename(tmp_path / "Harbor.csv")
    done = run("agency.py", tmp_path, served)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["Harbor: done, 1 leads", "Northwind: done, 1 leads"]
