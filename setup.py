"""What ``pyproject.toml`` cannot say: the addresses of the repository that builds, where it names itself."""

import os
import re
from pathlib import Path

README = Path(__file__).with_name("README.md").read_text(encoding="utf-8")
# A page of the documentation or a file of the repository; not a place within the page, nor another site.
RELATIVE = re.compile(r"(!?\[[^\]]*\]\()(?!#|[a-z]+:)([^)\s]+\))")


def described(url):
    """The readme, with links that lead somewhere outside of the repository too."""

    def absolute(link):
        return f"{link[1]}{url}/{'raw' if link[1].startswith('!') else 'blob'}/HEAD/{link[2]}"

    return RELATIVE.sub(absolute, README) if url else README


def addresses(url):
    if not url:
        return {}
    return {
        "Source": url,
        "Documentation": f"{url}/blob/HEAD/docs/index.md",
        "Changelog": f"{url}/blob/HEAD/CHANGELOG.md",
        "Issues": f"{url}/issues",
    }


if __name__ == "__main__":
    import setuptools

    repository = os.environ.get("PROJECT_URL", "").rstrip("/")
    setuptools.setup(
        long_description=described(repository),
        long_description_content_type="text/markdown",
        project_urls=addresses(repository),
    )
