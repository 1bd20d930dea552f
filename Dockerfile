# Builds one image for every process of Parley.
#
#   docker build -t parley .
#   docker run --init -p 3000:3000 -v parley:/data parley       everything in one container, embedded PostgreSQL
#   docker compose up                                           on real servers: see docker-compose.yml

FROM node:24-bookworm-slim AS build
WORKDIR /parley
# Dependencies first: this layer is built again only when they change.
COPY package.json package-lock.json ./
RUN npm ci --no-fund --no-audit
COPY . .
RUN node tools/bootstrap.mjs --force && npm prune --omit=dev

FROM node:24-bookworm-slim AS runtime
WORKDIR /parley
ENV PARLEY_HOST=0.0.0.0 PARLEY_PORT=3000 PARLEY_DATA_DIR=/data
COPY --from=build /parley/package.json ./
COPY --from=build /parley/node_modules ./node_modules
COPY --from=build /parley/prisma ./prisma
COPY --from=build /parley/dist ./dist
# A volume that is mounted here for the first time takes this owner.
RUN install -d -o node -g node /data
USER node
VOLUME /data
EXPOSE 3000
CMD ["node", "--enable-source-maps", "dist/apps/launcher/src/main.js", "up"]
