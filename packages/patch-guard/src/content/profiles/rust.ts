import { type CodeNode, namedChildren } from '../code-node.ts';
import { type ContentProfile, type ImportedModule, members, words } from '../profile.ts';

const MACROS = words(
  'format vec assert assert_eq assert_ne debug_assert debug_assert_eq matches write panic unreachable todo unimplemented concat stringify',
);
const PURE =
  /^(?:std|core|alloc)::(?:cmp|collections|fmt|iter|ops|str|string|vec|option|result|num|convert|default|hash|borrow|cell|rc|time|char|slice|error|marker|f32|f64)(?:::|$)/;

/**
 * Rust, as the grammar `rust` of tree-sitter names its nodes. Macro bodies are not parsed: their words have to be
 * known.
 */
export const RUST: ContentProfile = {
  names: words('identifier self super crate'),
  scopes: words(
    'function_item block closure_expression for_expression match_arm if_expression while_expression impl_item mod_item trait_item let_chain',
  ),
  binds: words(
    'let_declaration.pattern parameter.pattern closure_parameters.* for_expression.pattern match_arm.pattern let_condition.pattern const_parameter.name',
  ),
  bindsOutside: words(
    'function_item.name const_item.name static_item.name mod_item.name function_signature_item.name enum_variant.name',
  ),
  patterns: words(
    'tuple_pattern.* tuple_struct_pattern.* struct_pattern.* field_pattern.pattern captured_pattern.* ref_pattern.* mut_pattern.* reference_pattern.* or_pattern.* match_pattern.* slice_pattern.* remaining_field_pattern.*',
  ),
  noUses: words(
    'attribute.* token_tree.* self_parameter.* lifetime.* label.* visibility_modifier.* loop_label.* scoped_type_identifier.* macro_invocation.macro enum_variant.name',
  ),
  members: {
    field_expression: { object: 'value', name: 'field' },
    scoped_identifier: { object: 'path', name: 'name' },
  },
  calls: { call_expression: { callee: 'function' } },
  subscripts: null,
  declarations: { let_declaration: { name: 'pattern', value: 'value' } },
  bodies: words('block declaration_list'),
  strings: words('string_literal raw_string_literal'),
  kinds: {
    unsafe_block: 'It would leave what the compiler checks.',
    foreign_mod_item: 'It would call code that is not Rust.',
    extern_crate_declaration: 'It would use another crate.',
    macro_definition: 'It would define a macro, which is not parsed.',
    inner_attribute_item: 'It would tell the compiler something about the whole file.',
    static_item: 'It would change something for the whole program.',
    mod_item: 'It would bring in or begin a module.',
    union_item: 'It would read memory as something else.',
  },
  importOf,
  pureModules: {},
  effectModules:
    /^std::(?:env|fs|io|net|os|path|thread|sync|ffi|alloc|ptr|mem|panic|any|backtrace)(?:::|$)|^(?:tokio|reqwest|hyper|ureq|rusqlite|sqlx|diesel|redis|walkdir|tempfile|dotenvy?)(?:::|$)/,
  runningModules:
    /^std::(?:process|arch|intrinsics)(?:::|$)|^(?:libc|nix|libloading|duct|subprocess|winapi|pyo3|mlua|rlua|wasmtime|deno_core)(?:::|$)/,
  builtins: members(
    `self Self=_ Some None Ok Err Box=new String=new,from,with_capacity Vec=new,with_capacity,from HashMap=new,from,with_capacity HashSet=new,from BTreeMap=new,from BTreeSet=new,from VecDeque=new Option Result Default=default Ordering
    i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 bool char str true false drop _ Rc=new Cow=Borrowed,Owned Iterator IntoIterator From Into Duration=from_secs,from_millis,ZERO,from_micros,from_nanos,from_secs_f64`,
  ),
  effectNames: words(
    'std core alloc crate super tokio reqwest hyper env fs io net os File OpenOptions TcpStream TcpListener UdpSocket thread',
  ),
  runningNames: words('Command process libc transmute asm'),
  methods: words(
    `abs all any as_bytes as_deref as_mut as_ref as_slice as_str borrow borrow_mut bytes ceil chain char_indices chars checked_add checked_div checked_mul checked_sub checked_rem checked_pow
    chunks clamp clear clone cloned cmp collect concat contains contains_key copied count cycle dedup default drain each ends_with entry enumerate eq eq_ignore_ascii_case err expect expect_err
    extend filter filter_map find find_map first flat_map flatten floor fold for_each from get get_mut get_or_insert get_or_insert_with hash insert into into_iter is_alphabetic is_alphanumeric
    is_ascii is_char_boundary is_digit is_empty is_err is_negative is_none is_numeric is_ok is_positive is_some is_some_and is_whitespace iter iter_mut join keys last len lines map map_err
    map_or map_or_else max max_by max_by_key min min_by min_by_key ne neg new next next_back not nth ok ok_or ok_or_else or or_default or_else or_insert or_insert_with parse partial_cmp
    partition peek peekable pop pop_front position pow powi product push push_back push_front push_str rem rem_euclid remove repeat replace replacen resize retain rev rfind rotate_left
    round saturating_add saturating_mul saturating_sub scan signum skip skip_while sort sort_by sort_by_key sort_unstable split split_at split_off split_once split_whitespace splitn sqrt
    starts_with step_by strip_prefix strip_suffix sum swap take take_while then then_some to_ascii_lowercase to_ascii_uppercase to_lowercase to_owned to_string to_uppercase to_vec total_cmp trim trim_end
    trim_matches trim_start truncate try_from try_into unwrap unwrap_or unwrap_or_default unwrap_or_else unzip values values_mut windows with_capacity wrapping_add wrapping_mul wrapping_sub zip
    as_secs as_millis as_secs_f64 and_then is_zero div_euclid div_ceil abs_diff from_str_radix`,
  ),
  escapes:
    /^(?:transmute|from_raw|from_raw_parts|as_ptr|as_mut_ptr|get_unchecked|spawn|set_hook|type_id|downcast_ref|leak|forget|write_volatile|read_volatile|no_mangle|link_section|var|var_os|vars)$/,
  tailsAnswer: true,
  inlineCallees: words('closure_expression'),
  unparsed: (node) => node.parent?.type === 'token_tree' && /^(?:identifier|crate|super)$/.test(node.type),
  extra(node: CodeNode) {
    if (node.type === 'macro_invocation') {
      const name = namedChildren(node)[0]?.text ?? '';
      return MACROS.has(name)
        ? null
        : { key: `macro ${node.text}`, reason: 'It would run a macro that is not known to compute alone.' };
    }
    if (
      node.type === 'attribute_item' &&
      !/^#\[\s*(?:derive\((?:\s*(?:Debug|Clone|Copy|PartialEq|Eq|Hash|PartialOrd|Ord|Default)\s*,?)+\)|test|inline|must_use|cfg\(test\))\s*\]$/.test(
        node.text,
      )
    ) {
      return { key: `attribute ${node.text}`, reason: 'It would tell the compiler something.' };
    }
    return null;
  },
};

function importOf(node: CodeNode): ImportedModule | null {
  if (node.type !== 'use_declaration') return null;
  const path = node.text.replace(/^(?:pub(?:\([^)]*\))?\s+)?use\s+/, '').replace(/[\s;]+/g, '');
  const locals = path.match(/[A-Za-z_]\w*(?=[,}]|$)/g) ?? [];
  const module = path.replace(/::\{.*|::\w+$|::\*$/, '');
  // Only a single path without a list or a star can be recognised as computing only.
  const erased = PURE.test(path) && !/[{*]/.test(path);
  return {
    module: path.includes('{') ? path : module,
    names: locals.map((local) => ({ imported: path, local })),
    erased,
  };
}
