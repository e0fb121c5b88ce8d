# The steps stand in tools/image/*.sh, so that a test can run them where there is no container engine.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN sh tools/image/build.sh /app /out

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Slipmat Hub" org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8787 DATA_DIR=/data
WORKDIR /app
COPY --from=build /out/ ./
RUN mkdir -p /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["node", "tools/image/healthcheck.mjs"]
STOPSIGNAL SIGTERM
CMD ["node", "--wasm-wrapper-tiering-budget=2000000000", "dist/core/main.js", "start"]
