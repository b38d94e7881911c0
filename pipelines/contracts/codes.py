"""Code lists of the contracts: ISO 4217 currencies and the warehouse's own words.

The tree of funding sources is a seed, since models join it; here it is only read.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from pipelines import settings

# ISO 4217 active codes (list one), without precious metals and testing codes.
CURRENCIES_IN_USE = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC "
    "CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES "
    "KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD "
    "OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD "
    "TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XDR XOF XPF XSU XUA YER ZAR ZMW ZWG"
)

# ISO 4217 list three: withdrawn codes that United Nations books since 1945 carry.
CURRENCIES_WITHDRAWN = (
    "ADF ADP AFA ALK ANG AOK AON AOR ARA ARP ARY ATS AYM AZM BAD BEC BEF BEL BGJ BGK BGL BGN BOP BRB BRC BRE BRN BRR BUK BYB BYR CHC CSD CSJ CSK "
    "CUC CYP DDM DEM ECS ECV EEK ESA ESB ESP FIM FRF GEK GHC GHP GNE GNS GQE GRD GWE GWP HRD HRK IEP ILP ILR ISJ ITL LAJ LSM LTL LTT LUC LUF LUL "
    "LVL LVR MGF MLF MRO MTL MTP MVQ MXP MZE MZM NIC NLG PEH PEI PES PLZ PTE RHD ROK ROL RUR SDD SDP SIT SKK SLL SRG STD SUR TJR TMM TPE TRL UAK "
    "UGS UGW USS UYN UYP VEB VEF VNC XEU XFO XFU YDD YUD YUM YUN ZAL ZMK ZRN ZRZ ZWC ZWD ZWL ZWN ZWR"
)

CURRENCIES = tuple(sorted({*CURRENCIES_IN_USE.split(), *CURRENCIES_WITHDRAWN.split()}))

RECORD_BASES = ("reported", "published", "illustrative")
ACCOUNTING_BASES = ("modified_cash", "unsas", "ipsas", "publisher")
PERIOD_TYPES = ("year", "biennium", "peacekeeping_year", "multi_year")
# United Nations gender equality marker (0, 1, 2A, 2B) and the wordings 2 and 3 of those who use four steps; from 2 on the objective is a main one.
MARKERS = ("0", "1", "2", "2A", "2B", "3")
ACTIVITY_STATUSES = ("planned", "undertaken", "postponed", "cancelled")
MODALITIES = ("in_person", "remote", "hybrid")
CONFIDENTIALITY = ("public", "restricted")
SCOPES = ("country", "subregional", "regional", "interregional", "global")
PROVIDER_TYPES = ("secretariat", "state", "organisation")


# The two totals over all families that the share tables show at level 0 beside the tree.
FUNDING_TOTALS = ("all", "technical_cooperation")


@lru_cache
def funding_sources(seeds: Path = settings.SEEDS) -> tuple[str, ...]:
    """Codes of the tree of funding sources, families among them, from the seed.

    Raises:
        FileNotFoundError: the seed is not there; without it no row of money can be judged.
    """
    with (seeds / "funding_sources.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(row["funding_source"] for row in csv.DictReader(lines))
