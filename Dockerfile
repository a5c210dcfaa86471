# docker build -t earshot .
# docker run --read-only -v earshot:/data -p 8484:8484 earshot
#
# Without access to a base image, from an executable that is already built:
#   .ci/rootfs dist/earshot dist/rootfs && buildah bud --format docker --target prebuilt -t earshot .

# Nothing but the executable and the libraries it is linked with: no shell, no package manager.
FROM scratch AS runtime
ENV EARSHOT_HOST=0.0.0.0 EARSHOT_DATA=/data TMPDIR=/data/tmp
USER 10001:10001
EXPOSE 8484
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/earshot", "health"]
ENTRYPOINT ["/earshot"]
CMD ["serve"]

FROM runtime AS prebuilt
COPY dist/rootfs/system /
COPY --chown=10001:10001 dist/rootfs/owned /
VOLUME /data

FROM oven/bun:1.4.5-debian AS build
WORKDIR /build
COPY package.json bun.lock bunfig.toml ./
RUN bun install --frozen-lockfile
COPY . .
RUN bun src/build.ts && sh .ci/rootfs dist/earshot dist/rootfs

FROM runtime
COPY --from=build /build/dist/rootfs/system /
COPY --from=build --chown=10001:10001 /build/dist/rootfs/owned /
VOLUME /data
