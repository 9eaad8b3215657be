# The minor version of Python and the release of Debian are fixed; security fixes of both come with each rebuild. To build
# the same image again, name it by its digest: --build-arg PYTHON=python@sha256:...
ARG PYTHON=python:3.12-slim-trixie
FROM ${PYTHON} AS base
ENV PATH=/opt/venv/bin:$PATH \
    NUMBA_CACHE_DIR=/var/cache/fanin
# Numba uses only a cache that it can write to: on a processor unlike the build machine's it compiles once more.
RUN install --directory --owner=10001 --group=10001 "$NUMBA_CACHE_DIR"
WORKDIR /app


FROM base AS build
WORKDIR /build
COPY deploy/requirements.txt ./
# Without the code, so that a change of the code installs nothing again. What has not the hash that it had is refused.
RUN python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv install --no-cache-dir --disable-pip-version-check --root-user-action=ignore \
        --only-binary=:all: --no-deps --require-hashes --requirement requirements.txt
WORKDIR /app
COPY LICENSE ./
COPY service service
# The user who serves must be able to read the code, whatever the umask of the checkout.
# Its kernels stand beside it, and fill the folder of NUMBA_CACHE_DIR at the first start.
RUN chmod -R u=rwX,go=rX . \
    && env --unset=NUMBA_CACHE_DIR python -m service compile \
    && chmod -R u=rwX,go=rX .


FROM base
ENV FANIN_HOST=0.0.0.0 \
    FANIN_PORT=8000
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
USER 10001:10001
EXPOSE 8000
# The start period leaves time to compile the kernels for another processor.
# No proxy, though the engine may have set one in the environment.
HEALTHCHECK --interval=10s --timeout=5s --start-period=3m --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://localhost:' + os.environ['FANIN_PORT'] + '/readyz', timeout=4)"]
CMD ["python", "-m", "service"]
