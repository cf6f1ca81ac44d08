-- What a user of Neovim's built-in client sees: findings after an emoji, hover, quick fix, fix all.
--
-- Environment: SETTINGS, the user's init.lua; TARGET, the file.  Prints a line per check; the first
-- that fails ends it with exit code 1.  For Neovim 0.7 and later.
local function fail(message)
  io.stderr:write('FAIL ' .. message .. '\n')
  vim.cmd('cquit 1')
end
local function check(ok, message)
  if ok then io.stdout:write('ok ' .. message .. '\n') else fail(message) end
end
local function eventually(ready) return vim.wait(20000, ready, 20) end

local target = os.getenv('TARGET')
dofile(os.getenv('SETTINGS'))
vim.cmd('edit ' .. vim.fn.fnameescape(target))
vim.cmd('set filetype=python')
local buffer = vim.api.nvim_get_current_buf()
local function attached()
  local clients = vim.lsp.get_clients and vim.lsp.get_clients({ bufnr = buffer })
    or vim.lsp.buf_get_clients(buffer)
  local _, client = next(clients)
  return client
end
check(eventually(attached), 'the client starts')
local client = attached()
local id = client.id

local function found() return vim.diagnostic.get(buffer) end
local function line(number) return vim.api.nvim_buf_get_lines(buffer, number, number + 1, false)[1] end

check(eventually(function() return #found() == 3 end), 'three findings')
io.stdout:write('columns are counted in ' .. tostring(client.offset_encoding) .. '\n')
for _, finding in ipairs(found()) do
  local text = vim.api.nvim_buf_get_text(
    buffer, finding.lnum, finding.col, finding.end_lnum, finding.end_col, {})[1]
  check(text == 'KEY' and finding.code == 'OAI111' and finding.source == 'oai-lint',
    ('%d:%d %s covers %q'):format(finding.lnum + 1, finding.col + 1, finding.code, text))
end

vim.api.nvim_win_set_cursor(0, { 5, line(4):find('KEY', 1, true) - 1 })
local answers = vim.lsp.buf_request_sync(
  buffer, 'textDocument/hover', vim.lsp.util.make_position_params(0, client.offset_encoding), 20000)
local hover = answers and answers[id] and answers[id].result
check(hover and hover.contents.value:find('positional%-api%-key'), 'hover shows the page of the rule')

-- Before 0.8 there is no `apply`, and the menu comes up even for one action.
vim.ui.select = function(items, options, choose)
  local titles = vim.tbl_map(options.format_item or tostring, items)
  io.stdout:write('menu: ' .. table.concat(titles, ' | ') .. '\n')
  choose(items[1], 1)
end
local function act(only, diagnostics)
  local context = { only = only, diagnostics = diagnostics }
  if vim.fn.has('nvim-0.8') == 1 then
    vim.lsp.buf.code_action({ context = context, apply = true })
  else
    vim.lsp.buf.code_action(context)
  end
end

act({ 'quickfix' }, vim.lsp.diagnostic.get_line_diagnostics(buffer, 4))
check(eventually(function() return #found() == 2 end), 'two findings after the quick fix')
check(line(4) == 'name = "😀"; client = OpenAI(api_key=KEY)', 'the quick fix wrote ' .. line(4))

vim.api.nvim_buf_set_lines(buffer, 0, 0, false, { 'broken = (' })
vim.wait(1000, function() return false end, 20)
check(#found() == 2, 'findings stay while a line is half typed')
vim.api.nvim_buf_set_lines(buffer, 0, 1, false, {})

act({ 'source.fixAll' }, {})
check(eventually(function() return #found() == 0 end), 'none after fixing all')
check(line(5) == 'other = "😀", AsyncOpenAI(api_key=KEY)', 'fixing all wrote ' .. line(5))
check(line(6) == 'third = OpenAI(api_key=KEY)', 'and ' .. line(6))

if vim.fn.has('nvim-0.8') == 1 then
  vim.api.nvim_buf_set_lines(buffer, 6, 7, false, { 'third = OpenAI(KEY)' })
  vim.cmd('write')
  check(vim.fn.readfile(target)[7] == 'third = OpenAI(api_key=KEY)', 'saving fixes all')
end

-- Stopped and left in the same breath, Neovim sends `shutdown` twice.
client.stop()
vim.cmd('qall!')
