"""One exception tree. Every error says what was wrong, where, and what to do.

RegularsError
├── ConfigurationError      a setting or key is missing or cannot be read
├── ContractError           a table or row does not keep its declared contract
├── MappingError            a mapping names something that does not exist
├── SourceError             a source file, sheet or query cannot be read
├── LakeError               the lake cannot do what was asked
│   ├── LakeBusyError       another process writes and did not finish in time
│   └── UnknownTableError   no contract has that name
├── LedgerError             the ledger cannot be moved, or did not arrive whole
├── RuleError               a rule, option or window makes no sense
├── IdentityError           an identifier, merge or unmerge is not possible
│   └── IdentifierTakenError    an identifier belongs to somebody else
├── VaultError              a sealed value cannot be opened with the keys at hand
├── ComplianceError         the law forbids it; the message names the article
├── NotVisibleError         the thing does not exist, or lies outside the user's scope
└── RefusedError            the user's role does not allow the act
"""

from __future__ import annotations


class RegularsError(Exception):
    """What was wrong, where it was found, and what the reader can do about it."""

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        self.what = what
        self.where = where
        self.fix = fix
        super().__init__(str(self))

    def __str__(self) -> str:
        text = self.what if not self.where else f"{self.where}: {self.what}"
        return text if not self.fix else f"{text}. {self.fix}"


class ConfigurationError(RegularsError):
    """A setting or key is missing or cannot be read."""


class ContractError(RegularsError):
    """A table or row does not keep its declared contract."""


class MappingError(RegularsError):
    """A mapping names a column, contract or function that does not exist."""


class SourceError(RegularsError):
    """A source file, sheet or query cannot be read."""


class LakeError(RegularsError):
    """The lake cannot do what was asked."""


class LakeBusyError(LakeError):
    """Another process holds the lake's write lock and did not finish in time."""


class UnknownTableError(LakeError):
    """No contract has that name."""


class LedgerError(RegularsError):
    """The ledger cannot be moved, or did not arrive whole."""


class RuleError(RegularsError):
    """A rule, option or window makes no sense."""


class IdentityError(RegularsError):
    """An identifier, merge or unmerge is not possible."""


class IdentifierTakenError(IdentityError):
    """An identifier belongs to another member; neither of the two is named."""


class VaultError(RegularsError):
    """A sealed value cannot be opened with the keys at hand."""


class ComplianceError(RegularsError):
    """The law forbids it, whoever asks; the message names the article."""


class NotVisibleError(RegularsError):
    """The thing does not exist, or lies outside the user's data scope: the two look the same."""


class RefusedError(RegularsError):
    """The user's role does not allow the act."""
