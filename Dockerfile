# The bundles are the same for every architecture: made once, on the builder's own.
FROM --platform=$BUILDPLATFORM docker.io/library/node:24-trixie-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY tools/build.ts tools/
COPY src/ src/
RUN npm run build

FROM gcr.io/distroless/nodejs24-debian13:nonroot@sha256:af85d11ce7ef10172855a6e3649e3e8125b1b9e3ca41849ec2918036f05cb212
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="max-map-count-webhook" \
      org.opencontainers.image.description="Kubernetes mutating admission webhook that raises vm.max_map_count for the pods that need it" \
      org.opencontainers.image.source="https://github.com/max-map-count-webhook/max-map-count-webhook" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# One arena of the C library is enough for one busy thread; more of them keep 2.5 MB for nothing.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=1
COPY --from=build --chmod=0444 /build/dist/*.js /app/
# Numeric, because runAsNonRoot cannot judge a name.
USER 65532:65532
EXPOSE 8443 8081
# Left alone, Node.js would take more heap than a container of 256 MiB has. What is not heap is documented with the limits.
ENTRYPOINT ["/nodejs/bin/node", "--max-old-space-size-percentage=45", "/app/server.js"]
