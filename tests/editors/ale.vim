" What a user of Vim with ALE sees: findings after an emoji, hover, quick fix, fix all.
"
" Environment: SETTINGS, the user's vimrc; TARGET, the file.  Prints a line per check; the first
" that fails ends it with exit code 1.  Standard input answers ALE's menu: `1`.
set nocompatible hidden encoding=utf-8
filetype plugin on
for folder in ['/usr/share/vim-ale', '/usr/share/vim/vimfiles/pack/dist-bundle/opt/ale']
  if isdirectory(folder) | execute 'set runtimepath^=' . folder | endif
endfor
execute 'source' fnameescape($SETTINGS)
runtime plugin/ale.vim

function! Check(ok, message) abort
  call writefile([(a:ok ? 'ok ' : 'FAIL ') . a:message], '/dev/stdout', 'a')
  if !a:ok | cquit 1 | endif
endfunction
function! Eventually(expression) abort
  let start = reltime()
  while !eval(a:expression) && reltimefloat(reltime(start)) < 20
    sleep 20m
  endwhile
  return eval(a:expression)
endfunction
function! Findings() abort
  return ale#engine#GetLoclist(bufnr($TARGET))
endfunction

call Check(exists(':ALELint') == 2, 'ALE is loaded in Vim ' . v:version)
execute 'edit' fnameescape($TARGET)
set filetype=python
call Check(Eventually('len(Findings()) == 3'), 'three findings')
for finding in Findings()
  let text = getline(finding.lnum)[finding.col - 1 : finding.end_col - 1]
  call Check(text ==# 'KEY' && finding.code ==# 'OAI111',
  \ printf('%d:%d %s covers %s', finding.lnum, finding.col, finding.code, text))
endfor

call cursor(6, stridx(getline(6), 'KEY') + 1)
ALEHover
call Check(Eventually('!empty(filter(getbufinfo(), "getbufvar(v:val.bufnr, \"&filetype\") =~# \"ale-preview\""))'), 'hover answers')
for buffer in filter(getbufinfo(), 'getbufvar(v:val.bufnr, "&filetype") =~# "ale-preview"')
  call Check(join(getbufline(buffer.bufnr, 1, '$')) =~# 'positional-api-key', 'hover shows the page of the rule')
  execute 'bwipeout!' buffer.bufnr
endfor

call cursor(6, stridx(getline(6), 'KEY') + 1)
ALECodeAction
call Check(Eventually('getline(6) ==# "other = \"😀\", AsyncOpenAI(api_key=KEY)"'), 'the quick fix wrote ' . getline(6))
ALELint  " by itself ALE does so when the text changes, which Vim tells of at its prompt alone
call Check(Eventually('len(Findings()) == 2'), 'two findings after the quick fix')

ALEFix
call Check(Eventually('getline(5) ==# "name = \"😀\"; client = OpenAI(api_key=KEY)"'), 'fixing all wrote ' . getline(5))
call Check(getline(7) ==# 'third = OpenAI(api_key=KEY)', 'and ' . getline(7))
ALELint
call Check(Eventually('empty(Findings())'), 'none after fixing all')
qall!
