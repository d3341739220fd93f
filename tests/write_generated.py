"""Write the files that follow from the operations: ``python -m tests.write_generated``.

They are the page of operations, the types of the methods, and the example responses of the fake.
"""

from __future__ import annotations

from . import method_type_checks, operations_page
from .fake import write_examples

if __name__ == "__main__":
    operations_page.PAGE.write_text(operations_page.operations_page(), "utf-8")
    method_type_checks.FILE.write_text(method_type_checks.method_types(), "utf-8")
    write_examples.main()
