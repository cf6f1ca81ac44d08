"""Names under which the same object can be imported: private modules, older spellings."""

SYNONYMS = {
    "openai.Client": "openai.OpenAI",
    "openai.AsyncClient": "openai.AsyncOpenAI",
    "openai._client.OpenAI": "openai.OpenAI",
    "openai._client.AsyncOpenAI": "openai.AsyncOpenAI",
    "openai._base_client.DefaultHttpxClient": "openai.DefaultHttpxClient",
    "openai._base_client.DefaultAsyncHttpxClient": "openai.DefaultAsyncHttpxClient",
    "openai._base_client.SyncHttpxClientWrapper": "openai.DefaultHttpxClient",
    "openai._base_client.AsyncHttpxClientWrapper": "openai.DefaultAsyncHttpxClient",
    "openai.lib.azure.AzureOpenAI": "openai.AzureOpenAI",
    "openai.lib.azure.AsyncAzureOpenAI": "openai.AsyncAzureOpenAI",
    "requests.session": "requests.Session",
    "requests.sessions.Session": "requests.Session",
    "requests.sessions.session": "requests.Session",
    "requests.api": "requests",
    "httpx._client.Client": "httpx.Client",
    "httpx._client.AsyncClient": "httpx.AsyncClient",
    "aiohttp.client.ClientSession": "aiohttp.ClientSession",
    "os.environb": "os.environ",
}
