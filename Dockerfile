# The app and its REST API on port 8501, without TensorFlow:
#
#   docker build -t age-gender .
#   docker run --rm --publish 8501:8501 --read-only --tmpfs /tmp age-gender
#
# Photos stay in memory, so nothing but /tmp needs to be writable. `.ci/container` does the same steps without Docker and
# checks what comes out.

FROM python:3.12 AS packages
RUN python -m venv --without-pip /opt/venv
COPY requirements.lock .ci/prune ./
RUN pip --python /opt/venv/bin/python install --no-cache-dir --no-compile --require-hashes -r requirements.lock \
    && bash prune /opt/venv

FROM python:3.12-slim
ENV PATH=/opt/venv/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
RUN python -m compileall -q . && python .ci/precompile

USER 10001:10001
EXPOSE 8501
HEALTHCHECK --start-period=60s --interval=10s --timeout=5s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/api/health', timeout=4)"]
CMD ["python", "server.py", "--host", "0.0.0.0"]
