# The service as an image: docker build --tag toolweave . (deploy/README.md says how it is run)
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
COPY . .
# Isolation would build with whatever setuptools is newest; the constraints pin it like everything else.
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv /build \
    && /build/bin/pip install --constraint constraints.txt build setuptools \
    && /build/bin/python -m build --wheel --no-isolation --outdir /dist
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv /opt/toolweave \
    && /opt/toolweave/bin/pip install --constraint constraints.txt "$(echo /dist/*.whl)[web,postgres,mcp]"

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin toolweave \
    && install --directory --owner toolweave --group toolweave --mode 0700 /data
COPY --from=build /opt/toolweave /opt/toolweave
ENV PATH=/opt/toolweave/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TOOLWEAVE_STORE=sqlite:////data/toolweave.db
USER 10001
# Nothing is written but the store and, in /tmp, what lasts as long as the process.
WORKDIR /data
VOLUME /data
EXPOSE 8080
# Requests have 30 s to finish then: give docker run a --stop-timeout above its 10 s.
STOPSIGNAL SIGTERM
# A proxy that the environment names is no way to this container's own port.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import ProxyHandler, build_opener; build_opener(ProxyHandler({})).open('http://127.0.0.1:8080/health', timeout=4)"]
ENTRYPOINT ["toolweave"]
# Another address than the container's own needs TOOLWEAVE_API_KEY, or it does not start.
CMD ["serve", "--host", "0.0.0.0", "--workers", "2"]
