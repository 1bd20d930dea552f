// The browser comes from the system: nothing is downloaded when packages are installed.
module.exports = { skipDownload: true };
