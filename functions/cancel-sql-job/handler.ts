export const http = async () => ({ statusCode: 200, body: "{}" });
